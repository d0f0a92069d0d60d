#include "handlers.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "path_prefix.h"

namespace zeroway {

namespace {

bool goes_around(const HandlerLayer& layer, Handlers::Kind kind) {
  if (layer.guard || kind == Handlers::Kind::socket || kind == Handlers::Kind::tcp) return true;
  return kind == Handlers::Kind::coroutine ? bool(layer.async_around) : bool(layer.around);
}

// If a layer were silently left out for a handler, that handler would be open though its prefix is guarded.
void check_pair(const HandlerLayer& layer, const Handlers::Entry& entry) {
  if (goes_around(layer, entry.kind) || !may_be_below(entry.pattern, layer.prefix)) return;
  const bool is_coroutine = entry.kind == Handlers::Kind::coroutine;
  throw std::invalid_argument("use(\"" + (layer.prefix.empty() ? "/" : layer.prefix) + "\") cannot go around the " +
                              (is_coroutine ? "coroutine" : "plain function") + " for " + entry.pattern +
                              ": give use() a function for both kinds, or a guard");
}

void check_called_once(bool& is_called) {
  if (std::exchange(is_called, true)) throw std::logic_error("next() was called a second time");
}

}  // namespace

void Handlers::add(Entry entry, std::string_view methods) {
  if (!entry.handler && !entry.async_handler && !entry.socket_handler && !entry.tcp_handler)
    throw std::invalid_argument("no handler for " + entry.pattern);
  for (const auto& layer : layers_) check_pair(*layer, entry);
  matcher_for(entry.kind).add(methods, entry.pattern, static_cast<std::uint32_t>(entries_.size()));
  has_pool_handlers_ |= entry.kind == Kind::pool;
  entries_.push_back(std::make_unique<Entry>(std::move(entry)));
}

RouteMatcher& Handlers::matcher_for(Kind kind) {
  if (kind == Kind::socket) return socket_matcher_;
  return kind == Kind::tcp ? tcp_matcher_ : matcher_;
}

bool Handlers::is_tcp_only() const {
  return !entries_.empty() &&
         std::all_of(entries_.begin(), entries_.end(), [](const auto& entry) { return entry->kind == Kind::tcp; });
}

std::vector<std::string> Handlers::patterns() const {
  std::vector<std::string> patterns;
  for (const auto& entry : entries_) patterns.push_back(entry->pattern);
  return patterns;
}

void Handlers::use(HandlerLayer layer) {
  if (!layer.guard && !layer.around && !layer.async_around) throw std::invalid_argument("use(): no function");
  layer.prefix = checked_prefix(layer.prefix);
  for (const auto& entry : entries_) check_pair(layer, *entry);
  layers_.push_back(std::make_unique<HandlerLayer>(std::move(layer)));
}

void Handlers::find_layers(std::string_view path, HandlerLayers& layers) const {
  layers.clear();
  for (const auto& layer : layers_)
    if (is_below(path, layer->prefix)) layers.push_back(layer.get());
}

const Cors* Handlers::find_cors(std::string_view path) const {
  for (const Cors& cors : cors_)
    if (cors.covers(path)) return &cors;
  return nullptr;
}

void run_layers(std::span<const HandlerLayer* const> layers, const Handler& handler, Request& request, Reply& reply) {
  if (layers.empty()) return handler(request, reply);
  const HandlerLayer& layer = *layers.front();
  const auto inner = layers.subspan(1);
  if (layer.guard) {
    layer.guard(request, reply);
    if (!reply.has_ended()) run_layers(inner, handler, request, reply);
    return;
  }
  bool is_called = false;
  layer.around(request, reply, [&] {
    check_called_once(is_called);
    run_layers(inner, handler, request, reply);
  });
}

Task<void> run_layers(std::span<const HandlerLayer* const> layers, const AsyncHandler& handler, AsyncRequest& request,
                      AsyncReply& reply) {
  if (layers.empty()) {
    co_await handler(request, reply);
    co_return;
  }
  const HandlerLayer& layer = *layers.front();
  const auto inner = layers.subspan(1);
  if (layer.guard) {
    layer.guard(request, reply);
    if (!reply.has_ended()) co_await run_layers(inner, handler, request, reply);
    co_return;
  }
  bool is_called = false;
  const AsyncNext next = [&] {
    check_called_once(is_called);
    return run_layers(inner, handler, request, reply);
  };
  co_await layer.async_around(request, reply, next);
}

}  // namespace zeroway
