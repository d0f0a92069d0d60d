// Finds the handler for a method and a path, in a tree of path segments.
//
// Owner: Handlers.   Thread: filled before the worker runs, then read by the loop alone.
// Not here: the handlers (handler_runner.h); the routes that a worker claims from the router (proto/control.h).
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "limits.h"

namespace zeroway {

// The text that each capture of a pattern matched, as offsets into the path, so that the path's text may move.
struct RouteMatch {
  struct Span {
    std::uint32_t begin = 0, size = 0;
  };
  enum class Found : std::uint8_t { no, other_method, yes };

  Found found = Found::no;
  std::uint32_t handler = 0;                        // the number given to add(); valid when a handler was found
  const std::vector<std::string>* names = nullptr;  // of the captures, in the order of `captures`
  std::array<Span, kMaxCaptures> captures;          // the first names->size() of them
  Span rest;                                        // the text that "/*" matched
};

class RouteMatcher {
 public:
  RouteMatcher();
  ~RouteMatcher();

  // Throws std::invalid_argument when the pattern or the method list is malformed or registered already.
  void add(std::string_view methods, std::string_view pattern, std::uint32_t handler);
  // Fills `match`; no allocation. The most specific pattern with a handler for the method is taken. A handler for "*"
  // is not taken where a more specific pattern has handlers for other methods. More specific patterns that have only a
  // handler for OPTIONS do not count there: such a path is not a served one.
  void find(std::string_view method, std::string_view path, RouteMatch& match) const;
  // The methods that the path has handlers for, in the form of Allow: "GET, HEAD, POST".
  [[nodiscard]] std::string allowed(std::string_view path) const;

 private:
  struct Node;
  std::unique_ptr<Node> root_;
};

}  // namespace zeroway
