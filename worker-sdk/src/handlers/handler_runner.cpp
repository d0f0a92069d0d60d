#include "handler_runner.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <stdexcept>
#include <utility>

#include "limits.h"
#include "worker_claims.h"

namespace zeroway {

namespace {

// What workers of one realm compare: on other machines the steady clock has another zero.
std::uint64_t wall_clock_ms() {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count());
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
  for (const HandlerLayer* layer : side.layers()) {
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

// False when a guard has answered.
bool let_pass(LoopSide& side) {
  TcpStream connection(side);
  Reply reply(side);
  for (const HandlerLayer* layer : side.layers()) {
    if (layer->guard) layer->guard(connection, reply);
    if (side.has_ended()) return false;
  }
  return true;
}

Running run_tunnel(WorkerStream& stream, LoopSide& side, const TcpHandler& handler, const ErrorReplies& replies) {
  std::exception_ptr error;
  {
    TcpStream connection(side);
    try {
      if (let_pass(side)) {
        side.start();
        co_await handler(connection);
      }
    } catch (...) {
      error = std::current_exception();
    }
  }
  run_guarded(side, replies, [&] {
    if (error) std::rethrow_exception(error);
  });
  side.running = nullptr;
  side.discard_rest();
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
bool is_tunnel(const Head& request) { return request.find(":protocol") == "tcp"; }

}  // namespace

HandlerRunner::HandlerRunner(const Parts& parts)
    : parts_(parts), error_replies_{parts.log, {}}, turns_(parts.session, parts.inbox) {
  parts.session.answer_by(*this);
}

void HandlerRunner::add_handler(std::string_view methods, std::string_view pattern, Handler handler, Kind kind) {
  handlers_.add({kind, std::move(handler), {}, {}, {}, std::string(pattern)}, methods);
}

void HandlerRunner::add_handler(std::string_view methods, std::string_view pattern, AsyncHandler handler) {
  handlers_.add({Kind::coroutine, {}, std::move(handler), {}, {}, std::string(pattern)}, methods);
}

void HandlerRunner::add_handler(std::string_view pattern, WebSocketHandler handler) {
  handlers_.add({Kind::socket, {}, {}, std::move(handler), {}, std::string(pattern)}, "*");
}

void HandlerRunner::add_handler(std::string_view pattern, TcpHandler handler) {
  handlers_.add({Kind::tcp, {}, {}, {}, std::move(handler), std::string(pattern)}, "*");
}

// Sessions come at whatever path the router's site has for WAMP.
void HandlerRunner::serve_realm(const ServedRealm& realm, WampHandler handler) {
  const WorkerOptions& options = parts_.options;
  if (!(options.routes.empty() && options.group.empty() && options.app.empty()))
    throw std::invalid_argument("realm \"" + realm.name + "\": a worker with a realm has no routes, group or app");
  if (realm_) throw std::invalid_argument("realm \"" + realm.name + "\": the worker has a realm already");
  WampRealm checked = checked_realm(realm);
  add_handler("/*", wamp_handler(checked.serializers, std::move(handler)));
  realm_ = std::move(checked);
}

void HandlerRunner::claim_routes() {
  const WorkerOptions& options = parts_.options;
  if (realm_) return parts_.session.join_realm(*realm_, wall_clock_ms);
  if (!options.group.empty()) return parts_.session.join_group(options.group);
  if (!options.app.empty()) {
    const auto slash = options.app.find('/');  // checked with the options
    const std::string_view protocol = handlers_.is_tcp_only() ? kProtocolTcp : kProtocolHttp;
    return parts_.session.join_app(
        {options.app.substr(0, slash), options.app.substr(slash + 1), std::string(protocol)});
  }
  WorkerClaims claims = options.routes.empty() ? handler_claims(handlers_.patterns()) : stated_claims(options.routes);
  if (!claims.remark.empty()) parts_.log.warning(claims.remark);
  parts_.session.claim(std::move(claims.routes));
}

StreamSides& HandlerRunner::sides_of(WorkerStream& stream) {
  if (stream.number() >= sides_.size()) sides_.resize(stream.number() + 1);
  std::unique_ptr<StreamSides>& sides = sides_[stream.number()];
  if (!sides) sides = std::make_unique<StreamSides>(stream, turns_, *this);
  return *sides;
}

void HandlerRunner::answer(WorkerStream& stream) {
  const Head& request = stream.request();
  const std::string_view target = request.path();
  const std::string_view path = target.substr(0, target.find('?'));
  if (is_web_socket(request)) return answer_socket(stream, path);
  if (is_tunnel(request)) return answer_tunnel(stream, path);
  const Cors* const cors = handlers_.find_cors(path);
  if (cors != nullptr && Cors::is_preflight(request)) return answer_preflight(stream, *cors);
  handlers_.matcher().find(request.method(), path, match_);
  if (match_.found != RouteMatch::Found::yes) return answer_unmatched(stream);
  if (!has_sound_captures(path, match_)) return answer_error(400, kBadEscape, use_error_side(stream), error_replies_);
  const Handlers::Entry& entry = handlers_[match_.handler];
  if (entry.kind == Kind::pool) return answer_by_pool(stream, path);
  answer_on_loop(stream, path, entry);
}

void HandlerRunner::answer_by_pool(WorkerStream& stream, std::string_view path) {
  PoolSide& side = sides_of(stream).use_pool_side(max_body());
  prepare(side, path);
  stream.handler_begins();
  parts_.pool.run([this, &side] { run_pooled(side); });
}

void HandlerRunner::answer_on_loop(WorkerStream& stream, std::string_view path, const Handlers::Entry& entry) {
  LoopSide& side = sides_of(stream).use_loop_side(max_body());
  prepare(side, path);
  if (entry.kind == Kind::coroutine) {
    stream.handler_begins();
    side.running = run_async(stream, side, entry.async_handler, error_replies_).handle;
    return side.running.resume();
  }
  if (stream.has_whole_body()) return body_is_complete(side);
  if (side.is_too_large()) return body_is_too_large(side);
  side.start_collecting();
}

// Gives the side what it needs of its request before the handler runs.
void HandlerRunner::prepare(HandlerSide& side, std::string_view path) {
  side.match() = match_;
  handlers_.find_layers(path, side.layers());
  if (const Cors* cors = handlers_.find_cors(path)) cors->add_to_reply(side.request(), side.constant_fields());
}

// Handlers of ordinary requests never see a WebSocket: their 200 would accept it.
void HandlerRunner::answer_socket(WorkerStream& stream, std::string_view path) {
  if (parts_.session.is_draining())
    return stream.put_reset(ResetCode::refused_stream);  // the drain would close the WebSocket at once
  handlers_.socket_matcher().find("*", path, match_);
  if (match_.found != RouteMatch::Found::yes)
    return answer_error(404, "No WebSocket is served at this path.\n", use_error_side(stream), error_replies_);
  if (!has_sound_captures(path, match_)) return answer_error(400, kBadEscape, use_error_side(stream), error_replies_);
  if (stream.has_whole_body()) return stream.put_reset(ResetCode::protocol_error);
  SocketSide& side = sides_of(stream).use_socket_side(max_body());
  side.match() = match_;
  handlers_.find_layers(path, side.layers());
  stream.handler_begins();
  side.running = run_socket(stream, side, handlers_[match_.handler].socket_handler, error_replies_).handle;
  side.running.resume();
}

// Handlers of ordinary requests never see a tunnel, either.
void HandlerRunner::answer_tunnel(WorkerStream& stream, std::string_view path) {
  if (parts_.session.is_draining()) return stream.put_reset(ResetCode::refused_stream);
  handlers_.tcp_matcher().find("*", path, match_);
  if (match_.found != RouteMatch::Found::yes)
    return answer_error(404, "No TCP service is served at this path.\n", use_error_side(stream), error_replies_);
  if (!has_sound_captures(path, match_)) return answer_error(400, kBadEscape, use_error_side(stream), error_replies_);
  LoopSide& side = sides_of(stream).use_loop_side(max_body());
  side.match() = match_;
  handlers_.find_layers(path, side.layers());
  stream.handler_begins();
  side.running = run_tunnel(stream, side, handlers_[match_.handler].tcp_handler, error_replies_).handle;
  side.running.resume();
}

// Prepares an answer that does not come from the handler of a pattern.
LoopSide& HandlerRunner::use_error_side(WorkerStream& stream) {
  LoopSide& side = sides_of(stream).use_loop_side(max_body());
  match_.names = nullptr;  // a request that matched has captures, whose escapes may be broken
  prepare(side, side.path());
  side.layers().clear();
  return side;
}

void HandlerRunner::answer_preflight(WorkerStream& stream, const Cors& cors) {
  LoopSide& side = sides_of(stream).use_loop_side(max_body());
  cors.add_to_reply(side.request(), side.constant_fields());
  if (!cors.allows(side.request()))
    return answer_error(403, "Pages of this origin may not use this.\n", side, error_replies_);
  cors.add_to_preflight(side.constant_fields());
  side.status(204);
  side.send({});
}

void HandlerRunner::answer_unmatched(WorkerStream& stream) {
  const bool is_other_method = match_.found == RouteMatch::Found::other_method;
  LoopSide& side = use_error_side(stream);
  if (!is_other_method) {
    if (!handlers_.not_found) return answer_error(404, "Nothing is served at this path.\n", side, error_replies_);
    side.status(404);
    return answer_by(handlers_.not_found, side);
  }
  const std::string allowed = handlers_.matcher().allowed(side.path());
  side.constant_fields().add("allow", allowed);
  if (!handlers_.method_not_allowed)
    return answer_error(405, "This path is served for " + allowed + " only.\n", side, error_replies_);
  side.status(405);
  answer_by(handlers_.method_not_allowed, side);
}

void HandlerRunner::answer_by(const Handler& handler, LoopSide& side) {
  side.stream().handler_begins();
  Request request(side);
  Reply reply(side);
  run_guarded(side, error_replies_, [&] { run_layers(side.layers(), handler, request, reply); });
  side.stream().handler_done();
}

void HandlerRunner::run_pooled(PoolSide& side) {
  if (!side.is_cancelled()) {
    Request request(side);
    Reply reply(side);
    const Handler& handler = handlers_[side.match().handler].handler;
    run_guarded(side, error_replies_, [&] { run_layers(side.layers(), handler, request, reply); });
  }
  side.done();
}

void HandlerRunner::run_on_pool(std::function<void()>& job, std::coroutine_handle<> awaiter) {
  parts_.pool.start(parts_.options.threads);
  parts_.pool.run([this, &job, awaiter] {
    job();
    parts_.inbox.put([awaiter] { awaiter.resume(); });
  });
}

void HandlerRunner::body_is_complete(LoopSide& side) {
  if (side.is_too_large()) return body_is_too_large(side);
  answer_by(handlers_[side.match().handler].handler, side);
}

void HandlerRunner::body_is_too_large(LoopSide& side) {
  const std::string text = "The request's body is larger than " + std::to_string(max_body()) + " bytes.\n";
  answer_error(413, text, side, error_replies_);
}

// Spreads the closes evenly over the time, each at a random moment of its share.
void HandlerRunner::drain() {
  std::vector<SocketSide*> sides;
  for (const auto& one : sides_)
    if (SocketSide* const socket = one ? one->open_socket() : nullptr) sides.push_back(socket);
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

}  // namespace zeroway
