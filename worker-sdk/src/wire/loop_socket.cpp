#include "loop_socket.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <iterator>
#include <utility>

#include "limits.h"
#include "worker_keys.h"

namespace zeroway {

namespace {

Error failed(std::string what) { return {Fault::backend, Code::internal, false, std::move(what)}; }

}  // namespace

Result<> LoopSocket::open(const WorkerOptions& options) {
  if (options.key_file.empty()) return {};
  try {
    keys_ = raw_keys(read_worker_keys(options.key_file, options.router_key));
    return {};
  } catch (const std::exception& error) {
    return failed(error.what());
  }
}

void LoopSocket::close(std::chrono::milliseconds linger) {
  auto now = std::chrono::steady_clock::now();
  const auto deadline = now + linger;
  for (auto& connection : connections_) connection->leave(deadline);
  std::move(connections_.begin(), connections_.end(), std::back_inserter(leaving_));
  connections_.clear();
  const auto is_done = [](const auto& connection) { return connection->is_delivered(); };
  for (std::vector<pollfd> sockets; now < deadline; now = std::chrono::steady_clock::now()) {
    go_on_leaving(now);
    std::erase_if(leaving_, is_done);
    if (leaving_.empty()) break;
    sockets.clear();
    add_sockets(sockets);
    if (poll(sockets.data(), sockets.size(), static_cast<int>(kFarewellStep.count())) > 0) take(sockets);
  }
  leaving_.clear();
}

Result<> LoopSocket::connect(const std::string& endpoint, const ConnectionKey& key, const std::string& instance) {
  auto connection = std::make_unique<LoopConnection>(key, instance, keys_ ? &*keys_ : nullptr);
  if (!connection->dial(endpoint, std::chrono::steady_clock::now())) return failed(std::strerror(EINVAL));
  connections_.push_back(std::move(connection));
  return {};
}

LoopSocket::Connections::iterator LoopSocket::find(const ConnectionKey& key) {
  return std::find_if(connections_.begin(), connections_.end(),
                      [&](const auto& connection) { return connection->key() == key; });
}

void LoopSocket::disconnect(const ConnectionKey& key, std::chrono::milliseconds linger) {
  const auto found = find(key);
  if (found == connections_.end()) return;
  if (linger > std::chrono::milliseconds(0)) {
    (*found)->leave(std::chrono::steady_clock::now() + linger);
    leaving_.push_back(std::move(*found));
  }
  connections_.erase(found);
}

bool LoopSocket::has_ended(const ConnectionKey& key) {
  const auto found = find(key);
  return found != connections_.end() && (*found)->has_hung_up();
}

Result<> LoopSocket::send(const ConnectionKey& to, MessageWriter& message) {
  const auto found = find(to);
  if (found == connections_.end()) {
    message.clear();
    return failed("it is not connected");
  }
  (*found)->send(message);
  return {};
}

bool LoopSocket::receive(TimePoint now, WireEvents& events) {
  for (const auto& connection : connections_) connection->receive(now, events);
  if (!leaving_.empty()) go_on_leaving(now);
  return !is_dry();
}

void LoopSocket::go_on_leaving(TimePoint now) {
  for (const auto& connection : leaving_) connection->go_on_leaving(now);
  std::erase_if(leaving_, [](const auto& connection) { return connection->is_over(); });
}

bool LoopSocket::is_dry() const {
  const auto is_due = [](const auto& connection) { return connection->is_due(); };
  return std::none_of(connections_.begin(), connections_.end(), is_due) &&
         std::none_of(leaving_.begin(), leaving_.end(), is_due);
}

void LoopSocket::add_sockets(std::vector<pollfd>& sockets) const {
  for (const Connections* const some : {&connections_, &leaving_})
    for (const auto& connection : *some) sockets.push_back({connection->fd(), connection->wanted(), 0});
}

void LoopSocket::take(std::span<const pollfd> sockets) {
  auto at = sockets.begin();
  for (const Connections* const some : {&connections_, &leaving_})
    for (const auto& connection : *some) connection->found((at++)->revents);
}

LoopSocket::TimePoint LoopSocket::next_step() const {
  auto next = TimePoint::max();
  for (const Connections* const some : {&connections_, &leaving_})
    for (const auto& connection : *some) next = std::min(next, connection->deadline());
  return next;
}

}  // namespace zeroway
