#include "worker_core.h"

#include <algorithm>
#include <random>
#include <stdexcept>
#include <utility>

#include "guarded.h"
#include "limits.h"
#include "worker_claims.h"

namespace zeroway {

namespace {

std::string dialled_host(const std::string& endpoint) {
  if (!endpoint.starts_with("tcp://")) return {};
  return endpoint.substr(6, endpoint.rfind(':') - 6);
}

std::string with_host(const std::string& endpoint, const std::string& host) {
  if (!endpoint.starts_with("tcp://*:") || host.empty()) return endpoint;
  return "tcp://" + host + endpoint.substr(7);
}

// Runs a coroutine handler from its first to its last step; the frame is its own owner.
struct Running {
  struct promise_type {
    Running get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }  // none leaves run_async
  };
  std::coroutine_handle<> handle;
};

Running run_async(WorkerStream& stream, LoopSide& side, const AsyncHandler& handler, const WorkerLog& log) {
  std::exception_ptr error;
  {
    AsyncRequest request(side);
    AsyncReply reply(side);
    try {
      co_await handler(request, reply);
    } catch (...) {
      error = std::current_exception();
    }
  }
  run_guarded(side, log, [&] {
    if (error) std::rethrow_exception(error);
  });
  side.running = nullptr;
  stream.handler_done();
}

Running run_socket(WorkerStream& stream, SocketSide& side, const WebSocketHandler& handler, const WorkerLog& log) {
  std::exception_ptr error;
  {
    WebSocket socket(side);
    try {
      co_await handler(socket);
    } catch (...) {
      error = std::current_exception();
    }
  }
  try {
    if (error) std::rethrow_exception(error);
    side.conclude();
  } catch (const Cancelled&) {  // it is over, and was so for the handler
    side.conclude();
  } catch (...) {
    answer_exception(std::current_exception(), side, log);
  }
  side.running = nullptr;
  stream.handler_done();
}

// What param() would decode.
bool has_sound_captures(std::string_view path, const RouteMatch& match) {
  const auto is_sound = [&](const RouteMatch::Span& span) {
    return has_valid_escapes(path.substr(span.begin, span.size));
  };
  return std::all_of(match.captures.begin(), match.captures.begin() + std::ptrdiff_t(match.names->size()), is_sound);
}

constexpr std::string_view kBadEscape = "The path has a '%' without two hex digits.\n";

bool is_web_socket(const Head& request) { return request.find(":protocol") == "websocket"; }

}  // namespace

WorkerCore::WorkerCore(Parts parts, Hello hello) : parts_(parts), hello_(std::move(hello)) {}
WorkerCore::~WorkerCore() = default;

void WorkerCore::add_handler(std::string_view methods, std::string_view pattern, Handler handler, Kind kind) {
  if (!handler) throw std::invalid_argument("no handler for " + std::string(pattern));
  const auto entry_kind = kind == Kind::pool ? Entry::Kind::pool : Entry::Kind::on_loop;
  add_entry({entry_kind, std::move(handler), {}, {}}, methods, pattern);
  has_pool_handlers_ |= kind == Kind::pool;
}

void WorkerCore::add_handler(std::string_view methods, std::string_view pattern, AsyncHandler handler) {
  if (!handler) throw std::invalid_argument("no handler for " + std::string(pattern));
  add_entry({Entry::Kind::coroutine, {}, std::move(handler), {}}, methods, pattern);
}

void WorkerCore::add_handler(std::string_view pattern, WebSocketHandler handler) {
  if (!handler) throw std::invalid_argument("no handler for " + std::string(pattern));
  add_entry({Entry::Kind::socket, {}, {}, std::move(handler)}, "*", pattern);
}

void WorkerCore::add_entry(Entry entry, std::string_view methods, std::string_view pattern) {
  const auto number = static_cast<std::uint32_t>(entries_.size());
  RouteMatcher& matcher = entry.kind == Entry::Kind::socket ? socket_matcher_ : matcher_;
  matcher.add(methods, pattern, number);
  entries_.push_back(std::make_unique<Entry>(std::move(entry)));
  patterns_.emplace_back(pattern);
}

void WorkerCore::claim_routes() {
  const WorkerOptions& options = parts_.options;
  WorkerClaims claims = options.routes.empty() ? handler_claims(patterns_) : stated_claims(options.routes);
  if (!claims.remark.empty()) log().line(claims.remark);
  hello_.routes = std::move(claims.routes);
  log().detail("serves " + claims_text(hello_.routes));
}

void WorkerCore::add_link(const std::string& deal, const std::string& steer) {
  for (const auto& link : links_)
    if (link->steer() == steer) return;
  const bool is_routed = !hello_.routes.empty();
  links_.push_back(std::make_unique<RouterLink>(*this, is_routed ? std::string() : deal, steer, true));
}

void WorkerCore::welcomed(RouterLink& link, const Welcome& welcome) {
  log().detail(link.steer() + " is router " + welcome.router + ", loop " + std::to_string(welcome.loop));
  if (!link.is_configured()) return;
  const std::string host = dialled_host(link.steer());
  for (std::size_t i = 0; i < welcome.pairs.size() && links_.size() < kMaxLinks; ++i) {
    if (i == welcome.loop) continue;  // the one that is talking, whatever name we know it by
    const Pair pair{with_host(welcome.pairs[i].deal, host), with_host(welcome.pairs[i].steer, host)};
    const bool is_known =
        std::any_of(links_.begin(), links_.end(), [&](const auto& other) { return other->steer() == pair.steer; });
    if (is_known) continue;
    const bool is_routed = !hello_.routes.empty();
    links_.push_back(std::make_unique<RouterLink>(*this, is_routed ? std::string() : pair.deal, pair.steer, false));
  }
}

void WorkerCore::complain(const std::string& text) {
  if (now_ - complaints_since_ > std::chrono::seconds(1)) {
    complaints_since_ = now_;
    complaints_ = 0;
  }
  if (complaints_++ < kComplaintsPerSecond) log().line(text);
}

WorkerStream& WorkerCore::spare() {
  if (free_.empty()) {
    streams_.push_back(std::make_unique<WorkerStream>(*this));
    free_.push_back(streams_.back().get());
  }
  return *free_.back();
}

void WorkerCore::opened(WorkerStream& stream) {
  free_.pop_back();
  ++in_use_;
  fresh_.push_back(&stream);
}

void WorkerCore::release(WorkerStream& stream) {
  --in_use_;
  if (!fresh_.empty()) std::erase(fresh_, &stream);  // reset by the message that opened it
  free_.push_back(&stream);
  stream.let_go();
}

WorkerStream* WorkerCore::find_fresh(const RouterLink& link, StreamId id) {
  // The frames of an opening stand together, so the last one is nearly always the one.
  for (auto at = fresh_.rbegin(); at != fresh_.rend(); ++at)
    if ((*at)->is_of(link, id)) return *at;
  return nullptr;
}

void WorkerCore::dispatch_fresh(RouterLink& link) {
  std::swap(fresh_, dispatching_);
  for (WorkerStream* stream : dispatching_) {
    dispatch(*stream);
    if (!stream->is_open()) continue;
    link.remember(*stream);
    if (!stream->has_spoken()) unaccepted_.push_back({stream, &link, stream->id()});
  }
  dispatching_.clear();
}

void WorkerCore::dispatch(WorkerStream& stream) {
  const Head& request = stream.request();
  const std::string_view target = request.path();
  const std::string_view path = target.substr(0, target.find('?'));
  if (is_web_socket(request)) return dispatch_socket(stream, path);
  matcher_.find(request.method(), path, match_);
  if (match_.found != RouteMatch::Found::yes) return answer_unmatched(stream, match_);
  if (!has_sound_captures(path, match_)) return stream.use_loop_side().fail(400, kBadEscape);

  const Entry& entry = *entries_[match_.handler];
  if (entry.kind == Entry::Kind::pool) {
    PoolSide& side = stream.use_pool_side();
    side.match() = match_;
    stream.handler_begins();
    return parts_.pool.run(entry.handler, side);
  }
  LoopSide& side = stream.use_loop_side();
  side.match() = match_;
  if (entry.kind == Entry::Kind::coroutine) {
    stream.handler_begins();
    side.running = run_async(stream, side, entry.async_handler, log()).handle;
    return side.running.resume();
  }
  if (stream.has_whole_body()) return run_inline(stream);
  if (side.is_too_large()) return body_too_large(stream);
  side.start_collecting();
}

// Handlers of ordinary requests are never asked: their 200 would accept it.
void WorkerCore::dispatch_socket(WorkerStream& stream, std::string_view path) {
  if (is_draining_) return stream.put_reset(ResetCode::refused_stream);  // it would only be closed again
  socket_matcher_.find("*", path, match_);
  if (match_.found != RouteMatch::Found::yes)
    return stream.use_loop_side().fail(404, "No WebSocket is served at this path.\n");
  if (!has_sound_captures(path, match_)) return stream.use_loop_side().fail(400, kBadEscape);
  if (stream.has_whole_body()) return stream.put_reset(ResetCode::protocol_error);
  SocketSide& side = stream.use_socket_side();
  side.match() = match_;
  stream.handler_begins();
  side.running = run_socket(stream, side, entries_[match_.handler]->socket_handler, log()).handle;
  side.running.resume();
}

void WorkerCore::answer_unmatched(WorkerStream& stream, const RouteMatch& match) {
  LoopSide& side = stream.use_loop_side();
  if (match.found == RouteMatch::Found::no) return side.fail(404, "Nothing is served at this path.\n");
  const std::string allowed = matcher_.allowed(side.path());
  side.status(405);
  side.field("allow", allowed);
  side.field("content-type", "text/plain; charset=utf-8");
  side.send("This path is served for " + allowed + " only.\n");
}

void WorkerCore::body_is_complete(WorkerStream& stream) { run_inline(stream); }

void WorkerCore::body_too_large(WorkerStream& stream) {
  stream.loop_side().fail(413, "The request's body is larger than " + std::to_string(max_body()) + " bytes.\n");
}

void WorkerCore::run_inline(WorkerStream& stream) {
  LoopSide& side = stream.loop_side();
  if (side.is_too_large()) return body_too_large(stream);
  const Entry& entry = *entries_[side.match().handler];
  stream.handler_begins();
  Request request(side);
  Reply reply(side);
  run_guarded(side, log(), [&] { entry.handler(request, reply); });
  stream.handler_done();
}

std::uint64_t WorkerCore::start_timer(std::chrono::milliseconds duration, HandlerSide& side) {
  if (timers_.size() > kSpareTimers + 4 * in_use_) drop_stale_timers();
  timers_.push({now_ + std::min<std::chrono::milliseconds>(duration, kLongestSleep), ++last_ticket_, &side});
  return last_ticket_;
}

// A side waits for two at most: half of them at least are of requests that were cancelled.
void WorkerCore::drop_stale_timers() {
  std::vector<Timer> live;
  for (; !timers_.empty(); timers_.pop())
    if (timers_.top().side->waits_for(timers_.top().ticket)) live.push_back(timers_.top());
  timers_ = decltype(timers_)(std::greater<>(), std::move(live));
}

WorkerClock::time_point WorkerCore::next_timer() const {
  auto at = timers_.empty() ? WorkerClock::time_point::max() : timers_.top().at;
  for (const auto& link : links_) at = std::min(at, link->greets_at());
  if (is_draining_ && !is_drained() && give_up_on_routers_ > now_) at = std::min(at, give_up_on_routers_);
  return at;
}

bool WorkerCore::end_turn() {
  bool did_something = parts_.inbox.run();
  ring_timers();
  for (const auto& link : links_)
    if (link->greets_at() <= now_) link->up();
  did_something |= resume_ready();
  accept_fresh();
  return did_something;
}

void WorkerCore::ring_timers() {
  while (!timers_.empty() && timers_.top().at <= now_) {
    const Timer timer = timers_.top();
    timers_.pop();
    timer.side->wake(timer.ticket);
  }
}

bool WorkerCore::resume_ready() {
  bool resumed = false;
  while (!ready_.empty()) {
    std::swap(ready_, running_);
    for (const std::coroutine_handle<> awaiter : running_) awaiter.resume();
    running_.clear();
    resumed = true;
  }
  return resumed;
}

void WorkerCore::accept_fresh() {
  for (const Unaccepted& entry : unaccepted_)
    if (entry.stream->is_of(*entry.link, entry.id)) entry.stream->accept();
  unaccepted_.clear();
}

void WorkerCore::begin_drain() {
  if (is_draining_) return;
  is_draining_ = true;
  hello_.state = "draining";
  give_up_on_routers_ = now_ + std::min<std::chrono::milliseconds>(parts_.options.drain_timeout, kConfirmationTimeout);
  for (const auto& link : links_) link->leave();
  for (const auto& stream : streams_) stream->drain();
  close_sockets_slowly();
}

// Evenly over the time there is, each at a random moment of its share.
void WorkerCore::close_sockets_slowly() {
  std::vector<SocketSide*> sides;
  for (const auto& stream : streams_)
    if (stream->is_open() && stream->socket_side() != nullptr) sides.push_back(stream->socket_side());
  if (sides.empty()) return;
  const auto count = static_cast<double>(sides.size());
  const double longest = kCloseWithin * static_cast<double>(parts_.options.drain_timeout.count());
  const double share = std::min(longest / count, static_cast<double>(kPauseBetweenCloses.count()));
  std::minstd_rand random(std::random_device{}());
  std::uniform_real_distribution<double> jitter(0, share);
  for (std::size_t i = 0; i < sides.size(); ++i) {
    const double at = static_cast<double>(i) * share + jitter(random);
    sides[i]->close_after(std::chrono::milliseconds(static_cast<std::int64_t>(at)));
  }
}

bool WorkerCore::is_drained() const {
  if (in_use_ > 0) return false;
  return now_ >= give_up_on_routers_ || std::all_of(links_.begin(), links_.end(), [](const auto& link) {
           return !link->is_up() || link->is_confirmed();
         });
}

std::size_t WorkerCore::cancel_all() {
  const std::size_t held = in_use_;
  for (const auto& stream : streams_)
    if (stream->is_open())
      stream->break_off(ResetCode::cancel);
    else
      stream->cancelled();  // a handler that goes on after its reply
  return held;
}

}  // namespace zeroway
