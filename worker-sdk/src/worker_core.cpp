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

// The link to a deal endpoint of the user's endpoint `typed`.
LinkTarget target_of(const std::string& typed, const std::string& deal) {
  LinkTarget target;
  target.typed = typed;
  target.deal = deal;
  target.steer = *steer_endpoint(deal);  // the port was checked with the options
  target.label = typed == deal ? typed : typed + " (" + deal.substr(std::string_view("tcp://").size()) + ")";
  return target;
}

// Runs a coroutine handler from its first to its last step; the frame is its own owner.
struct Running {
  struct promise_type {
    Running get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }  // no exception leaves run_async
  };
  std::coroutine_handle<> handle;
};

Running run_async(WorkerStream& stream, LoopSide& side, const AsyncHandler& handler, const ErrorReplies& replies) {
  std::exception_ptr error;
  {
    AsyncRequest request(side);
    AsyncReply reply(side);
    try {
      if (side.layers().empty())
        co_await handler(request, reply);
      else
        co_await run_layers(side.layers(), handler, request, reply);
    } catch (...) {
      error = std::current_exception();
    }
  }
  run_guarded(side, replies, [&] {
    if (error) std::rethrow_exception(error);
  });
  side.running = nullptr;
  stream.handler_done();
}

// Runs the guards only: functions around ordinary handlers cannot go around a WebSocket's. False when a guard has
// answered.
bool let_pass(SocketSide& side) {
  WebSocket socket(side);
  Reply reply(side);
  for (const Handlers::Layer* layer : side.layers()) {
    if (layer->guard) layer->guard(socket, reply);
    if (side.has_ended()) return false;
  }
  return true;
}

Running run_socket(WorkerStream& stream, SocketSide& side, const WebSocketHandler& handler,
                   const ErrorReplies& replies) {
  std::exception_ptr error;
  {
    WebSocket socket(side);
    try {
      if (let_pass(side)) co_await handler(socket);
    } catch (...) {
      error = std::current_exception();
    }
  }
  try {
    if (error) std::rethrow_exception(error);
    side.conclude();
  } catch (const Cancelled&) {  // the WebSocket is over, and the handler was told so
    side.conclude();
  } catch (...) {
    answer_exception(std::current_exception(), side, replies);
  }
  side.running = nullptr;
  stream.handler_done();
}

// Checks the text that param() would decode.
bool has_sound_captures(std::string_view path, const RouteMatch& match) {
  const auto is_sound = [&](const RouteMatch::Span& span) {
    return has_valid_escapes(path.substr(span.begin, span.size));
  };
  return std::all_of(match.captures.begin(), match.captures.begin() + std::ptrdiff_t(match.names->size()), is_sound);
}

const std::string kBadEscape = "The path has a '%' without two hex digits.\n";

bool is_web_socket(const Head& request) { return request.find(":protocol") == "websocket"; }

}  // namespace

WorkerCore::WorkerCore(Parts parts, Hello hello)
    : parts_(parts), hello_(std::move(hello)), sender_(&parts.sender), error_replies_{parts.log, {}} {}
WorkerCore::~WorkerCore() = default;

void WorkerCore::add_handler(std::string_view methods, std::string_view pattern, Handler handler, Kind kind) {
  handlers_.add({kind, std::move(handler), {}, {}, std::string(pattern)}, methods);
}

void WorkerCore::add_handler(std::string_view methods, std::string_view pattern, AsyncHandler handler) {
  handlers_.add({Kind::coroutine, {}, std::move(handler), {}, std::string(pattern)}, methods);
}

void WorkerCore::add_handler(std::string_view pattern, WebSocketHandler handler) {
  handlers_.add({Kind::socket, {}, {}, std::move(handler), std::string(pattern)}, "*");
}

void WorkerCore::claim_routes() {
  const WorkerOptions& options = parts_.options;
  WorkerClaims claims = options.routes.empty() ? handler_claims(handlers_.patterns()) : stated_claims(options.routes);
  if (!claims.remark.empty()) log().warning(claims.remark);
  hello_.routes = std::move(claims.routes);
  log().debug("serves " + claims_text(hello_.routes));
}

Hello WorkerCore::hello(const std::string& instance, const std::string& replaces) const {
  Hello hello = hello_;
  hello.instance = instance;
  hello.replaces = replaces;
  return hello;
}

void WorkerCore::set_routers(const std::vector<RouterAddresses>& routers) {
  routers_ = routers;
  review_links();
}

RouterLink* WorkerCore::find_link(const std::string& steer) {
  for (const auto& link : links_)
    if (link->role() != RouterLink::Role::unused && link->steer() == steer) return link.get();
  return nullptr;
}

// The addresses of the user's endpoints, and the loops that these routers have named.
std::vector<LinkTarget> WorkerCore::wanted() const {
  std::vector<LinkTarget> targets;
  const auto want = [&](LinkTarget target) {
    const auto is_same = [&](const LinkTarget& other) { return other.steer == target.steer; };
    if (std::none_of(targets.begin(), targets.end(), is_same)) targets.push_back(std::move(target));
  };
  for (const RouterAddresses& router : routers_)
    for (const std::string& deal : router.deals) want(target_of(router.typed, deal));
  const std::size_t configured = targets.size();
  for (const auto& link : links_) {
    const auto is_same = [&](const LinkTarget& target) { return target.steer == link->steer(); };
    const auto end = targets.begin() + static_cast<std::ptrdiff_t>(configured);
    if (link->role() != RouterLink::Role::serving || std::none_of(targets.begin(), end, is_same)) continue;
    for (const LinkTarget& sibling : link->siblings()) want(sibling);
  }
  return targets;
}

void WorkerCore::review_links() {
  if (is_draining_) return;
  const std::vector<LinkTarget> targets = wanted();
  for (const auto& link : links_) {
    const auto is_same = [&](const LinkTarget& target) { return target.steer == link->steer(); };
    const bool is_wanted = std::any_of(targets.begin(), targets.end(), is_same);
    const bool is_in_use = link->role() == RouterLink::Role::serving || link->role() == RouterLink::Role::duplicate;
    if (!is_in_use || is_wanted) continue;
    log().info(link->label() + " is no address of a router any more: leaving it");
    link->give_up(RouterLink::Role::unwanted);
  }
  for (const LinkTarget& target : targets) {
    if (find_link(target.steer) != nullptr) continue;  // a link that is being left is used again afterwards
    const auto is_unused = [](const auto& link) { return link->role() == RouterLink::Role::unused; };
    const auto spare_link = std::find_if(links_.begin(), links_.end(), is_unused);
    if (spare_link != links_.end()) {
      (*spare_link)->use(target);
    } else if (links_.size() < kMaxLinks) {
      links_.push_back(std::make_unique<RouterLink>(*this));
      links_.back()->use(target);
    } else {
      complain(target.label + " is one router too many: " + std::to_string(kMaxLinks) + " are served");
    }
  }
}

void WorkerCore::hung_up(RouterLink& link) {
  link.hung_up();
  review_links();
}

bool WorkerCore::is_served_elsewhere(const RouterLink& link) const {
  return std::any_of(links_.begin(), links_.end(), [&](const auto& other) {
    return other.get() != &link && other->is_welcomed() && other->target().typed == link.target().typed;
  });
}

RouterLink* WorkerCore::find_double(const RouterLink& link) {
  for (const auto& other : links_) {
    const bool is_serving = other->is_welcomed() && other->role() == RouterLink::Role::serving;
    if (other.get() != &link && is_serving && other->peer() == link.peer()) return other.get();
  }
  return nullptr;
}

// The link that was kept has lost its connection, or leads to another router now.
void WorkerCore::review_duplicates() {
  if (is_draining_) return;
  for (const auto& link : links_)
    if (link->role() == RouterLink::Role::duplicate && !link->is_up() && find_double(*link) == nullptr)
      link->serve_again();
}

void WorkerCore::welcomed(RouterLink& link, const Welcome& welcome, bool is_first) {
  log().debug(link.label() + " is router " + link.peer());
  if (link.role() != RouterLink::Role::serving) return;
  if (RouterLink* const kept = find_double(link); kept != nullptr) {
    if (link.is_news(*kept))
      log().info(link.label() + " is the router " + welcome.router + " that " + kept->label() +
                 " is: one connection is enough, and that one is kept");
    link.give_up(RouterLink::Role::duplicate);
    return;
  }
  if (!link.target().is_configured) return;
  if (is_first)
    log().info("joined router " + welcome.router + " at " + link.label() + ", serves " + claims_text(hello_.routes));
  const auto parts = split_tcp(link.steer());
  const std::string host = parts ? parts->host : std::string();
  std::vector<LinkTarget> siblings;
  for (std::size_t i = 0; i < welcome.pairs.size(); ++i) {
    if (i == welcome.loop) continue;  // the loop that sent this WELCOME, by whatever name we know it
    LinkTarget sibling;
    sibling.typed = link.target().typed;
    sibling.deal = as_dialled(welcome.pairs[i].deal, host);
    sibling.steer = as_dialled(welcome.pairs[i].steer, host);
    sibling.label = link.label() + ", loop " + std::to_string(i);
    sibling.is_configured = false;
    siblings.push_back(std::move(sibling));
  }
  link.set_siblings(std::move(siblings));
  review_links();
}

void WorkerCore::complain(const std::string& text) {
  if (now_ - complaints_since_ > std::chrono::seconds(1)) {
    complaints_since_ = now_;
    complaints_ = 0;
  }
  if (complaints_++ < kComplaintsPerSecond) log().warning(text);
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
  if (!fresh_.empty()) std::erase(fresh_, &stream);  // the message that opened the stream has reset it
  free_.push_back(&stream);
  stream.let_go();
}

WorkerStream* WorkerCore::find_fresh(const RouterLink& link, StreamId id) {
  // The frames of an opening stream stand together, so the last stream is nearly always the right one.
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
  const Cors* const cors = handlers_.find_cors(path);
  if (cors != nullptr && Cors::is_preflight(request)) return answer_preflight(stream, *cors);
  handlers_.matcher().find(request.method(), path, match_);
  if (match_.found != RouteMatch::Found::yes) return answer_unmatched(stream);
  if (!has_sound_captures(path, match_)) return answer_error(400, kBadEscape, use_error_side(stream), error_replies_);

  const Handlers::Entry& entry = handlers_[match_.handler];
  if (entry.kind == Kind::pool) {
    PoolSide& side = stream.use_pool_side();
    prepare(side, path);
    stream.handler_begins();
    return parts_.pool.run([this, &side] { run_pooled(side); });
  }
  LoopSide& side = stream.use_loop_side();
  prepare(side, path);
  if (entry.kind == Kind::coroutine) {
    stream.handler_begins();
    side.running = run_async(stream, side, entry.async_handler, error_replies_).handle;
    return side.running.resume();
  }
  if (stream.has_whole_body()) return run_inline(stream);
  if (side.is_too_large()) return body_too_large(stream);
  side.start_collecting();
}

// Gives the side what it needs of its request before the handler runs.
void WorkerCore::prepare(HandlerSide& side, std::string_view path) {
  side.match() = match_;
  handlers_.find_layers(path, side.layers());
  if (const Cors* cors = handlers_.find_cors(path)) cors->add_to_reply(side.request(), side.constant_fields());
}

// Handlers of ordinary requests never see a WebSocket: their 200 would accept it.
void WorkerCore::dispatch_socket(WorkerStream& stream, std::string_view path) {
  if (is_draining_) return stream.put_reset(ResetCode::refused_stream);  // the drain would close the WebSocket at once
  handlers_.socket_matcher().find("*", path, match_);
  if (match_.found != RouteMatch::Found::yes)
    return answer_error(404, "No WebSocket is served at this path.\n", use_error_side(stream), error_replies_);
  if (!has_sound_captures(path, match_)) return answer_error(400, kBadEscape, use_error_side(stream), error_replies_);
  if (stream.has_whole_body()) return stream.put_reset(ResetCode::protocol_error);
  SocketSide& side = stream.use_socket_side();
  side.match() = match_;
  handlers_.find_layers(path, side.layers());
  stream.handler_begins();
  side.running = run_socket(stream, side, handlers_[match_.handler].socket_handler, error_replies_).handle;
  side.running.resume();
}

// Prepares an answer that does not come from the handler of a pattern.
LoopSide& WorkerCore::use_error_side(WorkerStream& stream) {
  LoopSide& side = stream.use_loop_side();
  match_.names = nullptr;  // a request that matched has captures, whose escapes may be broken
  prepare(side, side.path());
  side.layers().clear();
  return side;
}

void WorkerCore::answer_preflight(WorkerStream& stream, const Cors& cors) {
  LoopSide& side = stream.use_loop_side();
  cors.add_to_reply(side.request(), side.constant_fields());
  if (!cors.allows(side.request()))
    return answer_error(403, "Pages of this origin may not use this.\n", side, error_replies_);
  cors.add_to_preflight(side.constant_fields());
  side.status(204);
  side.send({});
}

void WorkerCore::answer_unmatched(WorkerStream& stream) {
  const bool is_other_method = match_.found == RouteMatch::Found::other_method;
  LoopSide& side = use_error_side(stream);
  if (!is_other_method) {
    if (!handlers_.not_found) return answer_error(404, "Nothing is served at this path.\n", side, error_replies_);
    side.status(404);
    return answer_by(handlers_.not_found, stream, side);
  }
  const std::string allowed = handlers_.matcher().allowed(side.path());
  side.constant_fields().add("allow", allowed);
  if (!handlers_.method_not_allowed)
    return answer_error(405, "This path is served for " + allowed + " only.\n", side, error_replies_);
  side.status(405);
  answer_by(handlers_.method_not_allowed, stream, side);
}

void WorkerCore::answer_by(const Handler& handler, WorkerStream& stream, LoopSide& side) {
  stream.handler_begins();
  Request request(side);
  Reply reply(side);
  run_guarded(side, error_replies_, [&] { run_layers(side.layers(), handler, request, reply); });
  stream.handler_done();
}

void WorkerCore::run_pooled(PoolSide& side) {
  if (!side.is_cancelled()) {
    Request request(side);
    Reply reply(side);
    const Handler& handler = handlers_[side.match().handler].handler;
    run_guarded(side, error_replies_, [&] { run_layers(side.layers(), handler, request, reply); });
  }
  side.done();
}

void WorkerCore::run_on_pool(std::function<void()>& job, std::coroutine_handle<> awaiter) {
  parts_.pool.start(parts_.options.threads);
  parts_.pool.run([this, &job, awaiter] {
    job();
    parts_.inbox.put([awaiter] { awaiter.resume(); });
  });
}

void WorkerCore::body_is_complete(WorkerStream& stream) { run_inline(stream); }

void WorkerCore::body_too_large(WorkerStream& stream) {
  const std::string text = "The request's body is larger than " + std::to_string(max_body()) + " bytes.\n";
  answer_error(413, text, stream.loop_side(), error_replies_);
}

void WorkerCore::run_inline(WorkerStream& stream) {
  LoopSide& side = stream.loop_side();
  if (side.is_too_large()) return body_too_large(stream);
  answer_by(handlers_[side.match().handler].handler, stream, side);
}

std::uint64_t WorkerCore::start_timer(std::chrono::milliseconds duration, HandlerSide& side) {
  if (timers_.size() > kSpareTimers + 4 * in_use_) drop_stale_timers();
  timers_.push({now_ + std::min<std::chrono::milliseconds>(duration, kLongestSleep), ++last_ticket_, &side});
  return last_ticket_;
}

// A side has at most two live timers, so at least half of all timers belong to cancelled requests.
void WorkerCore::drop_stale_timers() {
  std::vector<Timer> live;
  for (; !timers_.empty(); timers_.pop())
    if (timers_.top().side->waits_for(timers_.top().ticket)) live.push_back(timers_.top());
  timers_ = decltype(timers_)(std::greater<>(), std::move(live));
}

WorkerClock::time_point WorkerCore::next_timer() const {
  auto at = timers_.empty() ? WorkerClock::time_point::max() : timers_.top().at;
  for (const auto& link : links_) {
    at = std::min({at, link->greets_at(), link->health().next_look()});
    if (link->left_at() > now_) at = std::min(at, link->left_at());
  }
  if (is_draining_ && !is_drained() && give_up_on_routers_ > now_) at = std::min(at, give_up_on_routers_);
  return at;
}

bool WorkerCore::end_turn() {
  bool did_something = parts_.inbox.run();
  ring_timers();
  review_duplicates();
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

// Spreads the closes evenly over the time, each at a random moment of its share.
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
      stream->cancelled();  // the handler goes on after its reply
  return held;
}

}  // namespace zeroway
