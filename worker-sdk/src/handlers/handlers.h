// The functions that an application has registered: handlers by method and pattern, functions around handlers, CORS,
// and hooks for requests without a handler.
//
// Owner: HandlerRunner.   Thread: filled before the worker runs, then read: by the loop, and by the pool's threads.
// Not here: matching paths (route_matcher.h), the requests (handler_runner.h).
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cors.h"
#include "handler_side.h"
#include "route_matcher.h"
#include "zeroway/handlers.h"

namespace zeroway {

// One call of Worker::use: a guard, or functions around one or both kinds of handlers.
struct HandlerLayer {
  std::string prefix;
  Guard guard;
  Around around;
  AsyncAround async_around;
};

class Handlers {
 public:
  enum class Kind : std::uint8_t { pool, on_loop, coroutine, socket, tcp };
  struct Entry {
    Kind kind;
    Handler handler;
    AsyncHandler async_handler;
    WebSocketHandler socket_handler;
    TcpHandler tcp_handler;
    std::string pattern;
  };
  // Throw std::invalid_argument as Worker's functions of the same names do.
  void add(Entry entry, std::string_view methods);
  void use(HandlerLayer layer);
  void use_cors(CorsOptions options) { cors_.emplace_back(std::move(options)); }

  [[nodiscard]] const RouteMatcher& matcher() const { return matcher_; }
  [[nodiscard]] const RouteMatcher& socket_matcher() const { return socket_matcher_; }
  [[nodiscard]] const RouteMatcher& tcp_matcher() const { return tcp_matcher_; }
  [[nodiscard]] const Entry& operator[](std::uint32_t number) const { return *entries_[number]; }
  [[nodiscard]] std::vector<std::string> patterns() const;
  [[nodiscard]] bool has_pool_handlers() const { return has_pool_handlers_; }
  // Whether it answers TCP services and nothing else.
  [[nodiscard]] bool is_tcp_only() const;
  // Fills `layers` with the functions that run around a handler for this path.
  void find_layers(std::string_view path, HandlerLayers& layers) const;
  // The first registered CORS options that are for this path; nullptr when there are none.
  [[nodiscard]] const Cors* find_cors(std::string_view path) const;

  Handler not_found, method_not_allowed;  // empty = the default page

 private:
  std::vector<std::unique_ptr<Entry>> entries_;
  std::vector<std::unique_ptr<HandlerLayer>> layers_;
  std::vector<Cors> cors_;
  [[nodiscard]] RouteMatcher& matcher_for(Kind kind);

  RouteMatcher matcher_, socket_matcher_, tcp_matcher_;
  bool has_pool_handlers_ = false;
};

// Runs the layers, and the handler inside of them.
void run_layers(std::span<const HandlerLayer* const> layers, const Handler& handler, Request& request, Reply& reply);
[[nodiscard]] Task<void> run_layers(std::span<const HandlerLayer* const> layers, const AsyncHandler& handler,
                                    AsyncRequest& request, AsyncReply& reply);

}  // namespace zeroway
