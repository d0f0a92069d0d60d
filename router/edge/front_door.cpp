#include "router/edge/front_door.h"

#include "router/exchange/error_reply.h"
#include "router/observe/counters.h"
#include "router/observe/request_log.h"

namespace zeroway {

FrontDoor::FrontDoor(Loop& loop, const EdgeSettings& settings, Exchanges& exchanges, RequestLog& log,
                     Counters& counters, const WallClock& clock)
    : loop_(loop), settings_(settings), exchanges_(exchanges), log_(log), counters_(counters), clock_(clock) {}

FrontDoor::~FrontDoor() { loop_.forget_turn_end(*this); }

void FrontDoor::open(Socket socket) {
  listener_.emplace(loop_, std::move(socket),
                    [this](Socket client, Peer peer) { accepted(std::move(client), std::move(peer)); });
}

void FrontDoor::accepted(Socket socket, Peer peer) {
  ++counters_.connections_accepted;
  ++counters_.connections_open;
  sessions_.push_back(std::make_unique<ClientSession>(*this, std::move(socket), std::move(peer)));
  sessions_.back()->place = sessions_.size() - 1;
  if (sessions_.size() >= settings_.limits.max_connections) listener_->pause();
}

void FrontDoor::drain() {
  listener_.reset();
  // From the back: a session that is over takes its place out of the list.
  for (std::size_t left = sessions_.size(); left > 0; --left) sessions_[left - 1]->drain();
}

void FrontDoor::drop_all() {
  while (!sessions_.empty()) sessions_.back()->drop();
}

void FrontDoor::note_refused(const ClientInfo& client, Code code) {
  const int status = error_status(code);
  ++(status < 500 ? counters_.replies_4xx : counters_.replies_5xx);
  if (!log_.is_on()) return;
  RequestRecord record;
  record.ended = clock_.wall_now();
  record.address = client.address;
  record.method = record.path = "-";
  record.protocol = client.protocol;
  record.status = status;
  record.reason = error_name(code);
  log_.write(record);
}

void FrontDoor::over(ClientSession& session) {
  const std::size_t place = session.place;
  gone_.push_back(std::move(sessions_[place]));
  if (place + 1 < sessions_.size()) {
    sessions_[place] = std::move(sessions_.back());
    sessions_[place]->place = place;
  }
  sessions_.pop_back();
  --counters_.connections_open;
  if (listener_ && sessions_.size() < settings_.limits.max_connections) listener_->resume();
  loop_.at_turn_end(*this);
}

void FrontDoor::turn_end() { gone_.clear(); }

}  // namespace zeroway
