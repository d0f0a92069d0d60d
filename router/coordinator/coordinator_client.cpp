#include "router/coordinator/coordinator_client.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "router/coordinator/limits.h"
#include "router/observe/events.h"
#include "router/observe/log.h"

namespace zeroway {

using std::chrono::milliseconds;

CoordinatorClient::CoordinatorClient(Loop& loop, CoordinatorLine& line, RouterFacts facts, Terms terms,
                                     CoordinatorUsers users)
    : loop_(loop),
      line_(line),
      facts_(std::move(facts)),
      terms_(std::move(terms)),
      users_(std::move(users)),
      random_(terms_.seed | 1),
      timer_(loop, [this] { ring(); }) {}

void CoordinatorClient::begin() { start_over(); }

// The timer: a question is to be asked again, or the router rests.
void CoordinatorClient::ring() {
  if (state_ == State::leaving) return left();
  if (state_ == State::registering) return start_over();
  if (state_ == State::fetching) return fetch();
  look();
}

void CoordinatorClient::start_over() {
  id_.clear();
  memory_.clear();
  ask(State::registering,
      {.method = "PUT", .path = "/api/worker", .body = registration_json(facts_), .most_answer = kMostAnswer},
      &CoordinatorClient::registered);
}

void CoordinatorClient::fetch() {
  ask(State::fetching, {.method = "GET", .path = path() + "/circuits", .etag = etag_, .most_answer = kMostTable},
      &CoordinatorClient::fetched);
}

void CoordinatorClient::beat() {
  now_ = users_.report();
  telling_ = memory_.news(now_);
  beat_at_ = loop_.now() + terms_.heartbeat;
  ask(State::beating, {.method = "PATCH", .path = path(), .body = report_json(telling_), .most_answer = kMostAnswer},
      &CoordinatorClient::beaten);
}

void CoordinatorClient::rest() {
  state_ = State::resting;
  const auto extra = static_cast<milliseconds::rep>(now_.circuits.size() / kCircuitsPerLook);
  const auto until_beat = std::chrono::ceil<milliseconds>(beat_at_ - loop_.now());
  timer_.set(std::clamp(until_beat, milliseconds(1), kLook * (1 + extra)));
}

// Between two beats: a backend that fails or is back is worth a beat of its own.
void CoordinatorClient::look() {
  if (loop_.now() >= beat_at_) return beat();
  now_ = users_.report();
  if (memory_.has_changed_health(now_)) return beat();
  if (loop_.now() >= fetch_at_) return fetch();
  rest();
}

// --- questions and answers

void CoordinatorClient::ask(State state, CoordinatorQuestion question, Answered next) {
  state_ = state;
  timer_.clear();
  question.timeout = kAskTimeout;
  line_.ask(std::move(question), [this, next](Result<CoordinatorAnswer> answer) { answered(std::move(answer), next); });
}

void CoordinatorClient::answered(Result<CoordinatorAnswer> answer, Answered next) {
  if (!answer) return fail(answer.error().detail);
  if (answer->status == 404 && state_ != State::registering) {
    log::info("the coordinator does not know this router any more: registering again");
    state_ = State::registering;
    return try_again(next_retry());  // not at once: it may say so each time
  }
  if (is_refused(*answer)) return;
  (this->*next)(*answer);
}

// Only a person changes what is refused.
bool CoordinatorClient::is_refused(const CoordinatorAnswer& answer) {
  if (answer.status == 200 || (answer.status == 304 && state_ == State::fetching)) return false;
  const std::string said = read_refusal(answer.body);
  const std::string why = "it answers " + std::to_string(answer.status) + (said.empty() ? "" : ": " + said);
  const bool is_final = answer.status >= 400 && answer.status < 500;
  if (!is_final) {
    fail(why);
    return true;
  }
  const bool is_secret = answer.status == 401 || answer.status == 403;
  complain(why + (is_secret ? "; app_proxy.secret_file must hold the coordinator's secret" : ""));
  try_again(kRefusedRetry);
  return true;
}

void CoordinatorClient::registered(const CoordinatorAnswer& answer) {
  auto id = read_worker_id(answer.body);
  if (!id) return fail(id.error().detail);
  id_ = std::move(*id);
  etag_.clear();
  table_ = 0;
  beat_at_ = loop_.now() + terms_.heartbeat;
  const std::string line = "registered with the coordinator as " + facts_.authority;
  log::info(line);
  tell_event(Event::Kind::change, facts_.authority, line);
  fetch();
}

void CoordinatorClient::fetched(const CoordinatorAnswer& answer) {
  fetch_at_ = loop_.now() + kRefetch;
  // Not every coordinator has an ETag. Thousands of circuits that are read for nothing would hold the loop up.
  const std::size_t table_now = std::hash<std::string>()(answer.body) | 1;
  if (answer.status == 304 || table_now == table_) {
    keep_contact();
    return rest();
  }
  auto table = read_circuit_table(answer.body, terms_.owner, facts_.ports);
  if (!table) return fail(table.error().detail);
  keep_contact();
  etag_ = answer.etag;
  table_ = table_now;
  tell_skipped(std::move(table->skipped));
  users_.use(std::move(table->circuits));
  rest();
}

void CoordinatorClient::beaten(const CoordinatorAnswer&) {
  keep_contact();
  memory_.told(telling_, now_);
  if (loop_.now() >= fetch_at_) return fetch();
  rest();
}

// --- failures

void CoordinatorClient::fail(const std::string& why) {
  complain(why);
  try_again(next_retry());
}

// A beat that was lost is no reason to hurry; what the coordinator may have missed is told by the next one.
void CoordinatorClient::try_again(milliseconds after) {
  is_in_contact_ = false;
  fetch_at_ = {};
  if (state_ != State::beating && state_ != State::resting) return timer_.set(after);
  beat_at_ = loop_.now() + after;
  state_ = State::resting;
  timer_.set(after);
}

milliseconds CoordinatorClient::next_retry() {
  const milliseconds early = kFirstRetry * (1 << std::min(retries_, 10U));
  ++retries_;
  if (early <= kLeastLongRetry) return early;
  random_ ^= random_ << 13;
  random_ ^= random_ >> 7;
  random_ ^= random_ << 17;
  const auto span = static_cast<std::uint64_t>((kMostLongRetry - kLeastLongRetry).count());
  return kLeastLongRetry + milliseconds(static_cast<milliseconds::rep>(random_ % (span + 1)));
}

void CoordinatorClient::keep_contact() {
  if (!std::exchange(is_in_contact_, true) && !complaint_.empty()) log::info("the coordinator answers again");
  complaint_.clear();
  retries_ = 0;
}

void CoordinatorClient::complain(const std::string& why) {
  if (std::exchange(complaint_, why) == why) return;
  const std::string line =
      "trouble with the coordinator: " + why + "; the router goes on with the circuits that it has";
  log::warning(line);
  tell_event(Event::Kind::change, facts_.authority, line);
}

void CoordinatorClient::tell_skipped(std::vector<std::string> skipped) {
  if (skipped == skipped_) return;
  skipped_ = std::move(skipped);
  const std::size_t shown = std::min(skipped_.size(), kMostTold);
  for (std::size_t index = 0; index < shown; ++index) log::warning("coordinator: " + skipped_[index]);
  if (shown < skipped_.size())
    log::warning("coordinator: " + std::to_string(skipped_.size() - shown) + " more circuits that cannot be read");
}

// --- the end

void CoordinatorClient::leave(std::function<void()> done) {
  when_left_ = std::move(done);
  const bool is_registered = !id_.empty();
  state_ = State::leaving;
  timer_.set(is_registered ? kLeaveTimeout : milliseconds(0));
  if (!is_registered) return;
  line_.ask({.method = "DELETE", .path = path(), .most_answer = kMostAnswer, .timeout = kLeaveTimeout},
            [this](const Result<CoordinatorAnswer>&) { left(); });
}

void CoordinatorClient::left() {
  if (std::exchange(state_, State::over) == State::over) return;
  timer_.clear();
  const auto done = std::move(when_left_);
  if (done) done();
}

}  // namespace zeroway
