#include "route_matcher.h"

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>

#include "proto/ascii.h"
#include "proto/head_rules.h"

namespace zeroway {

namespace {

struct Target {  // one pattern that ends here
  struct Method {
    std::string name;  // "*" = all
    std::uint32_t handler;
  };
  std::vector<Method> methods;
  std::vector<std::string> names;

  // Whether paths of this pattern are served, for other methods than the requested one. A handler for OPTIONS alone
  // does not count: it only answers what pages of other origins may do, for any path.
  [[nodiscard]] bool serves_more_than_options() const {
    return std::any_of(methods.begin(), methods.end(), [](const Method& entry) { return entry.name != "OPTIONS"; });
  }

  [[nodiscard]] const Method* find(std::string_view method) const {
    const Method* fallback = nullptr;
    for (const Method& entry : methods) {
      if (entry.name == method) return &entry;
      if (entry.name == "*" && fallback == nullptr) fallback = &entry;
      if (entry.name == "GET" && method == "HEAD") fallback = &entry;  // RFC 9110 §9.3.2
    }
    return fallback;
  }
};

[[noreturn]] void refuse(std::string_view pattern, const char* why) {
  throw std::invalid_argument("pattern \"" + std::string(pattern) + "\": " + why);
}

bool is_capture(std::string_view segment) { return segment.find_first_of("{}") != std::string_view::npos; }

std::string capture_name(std::string_view pattern, std::string_view segment) {
  if (segment.size() < 3 || segment.front() != '{' || segment.back() != '}')
    refuse(pattern, "a capture is a whole segment, {name}");
  const std::string_view name = segment.substr(1, segment.size() - 2);
  if (is_capture(name)) refuse(pattern, "a capture's name holds no braces");
  return std::string(name);
}

// No client would ever send a method in the wrong case.
void check_case(const std::string& method) {
  static constexpr std::array kKnown{"GET",   "HEAD",  "POST",   "PUT",      "DELETE",    "CONNECT", "OPTIONS",
                                     "TRACE", "PATCH", "QUERY",  "PROPFIND", "PROPPATCH", "MKCOL",   "COPY",
                                     "MOVE",  "LOCK",  "UNLOCK", "REPORT",   "SEARCH"};
  for (const std::string_view known : kKnown)
    if (is_same_word(method, known) && method != known)
      throw std::invalid_argument("method \"" + method + "\": methods are case-sensitive (RFC 9110 §9.1), it is \"" +
                                  std::string(known) + "\"");
}

std::vector<std::string> split_methods(std::string_view methods) {
  std::vector<std::string> names;
  while (true) {
    const std::size_t comma = methods.find(',');
    std::string_view name = methods.substr(0, comma);
    while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
    while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
    if (!is_token(name))
      throw std::invalid_argument("method \"" + std::string(name) + "\": a method is a token, like GET");
    check_case(names.emplace_back(name));
    if (comma == std::string_view::npos) return names;
    methods.remove_prefix(comma + 1);
  }
}

}  // namespace

struct RouteMatcher::Node {
  struct Literal {
    std::string segment;
    std::unique_ptr<Node> node;
  };
  std::vector<Literal> literals;
  std::unique_ptr<Node> capture;
  std::unique_ptr<Target> end;   // the path ends here
  std::unique_ptr<Target> tail;  // "/*" follows

  Node& literal(std::string_view segment) {
    for (Literal& entry : literals)
      if (entry.segment == segment) return *entry.node;
    return *literals.emplace_back(Literal{std::string(segment), std::make_unique<Node>()}).node;
  }
};

namespace {

// One walk down the tree, most specific first. `Visit` says whether the target is taken.
template <class Node, class Visit>
class Walk {
 public:
  Walk(std::string_view path, RouteMatch& match, Visit visit) : path_(path), match_(match), visit_(visit) {}

  // The segments from `at` on; past the path's end there are none.
  bool run(const Node& node, std::size_t at, std::size_t depth) {
    if (at > path_.size()) {
      if (node.end && visit_(*node.end)) return true;
      return take_tail(node, path_.size());
    }
    const std::size_t slash = std::min(path_.find('/', at), path_.size());
    const std::string_view segment = path_.substr(at, slash - at);
    for (const auto& entry : node.literals)
      if (entry.segment == segment && run(*entry.node, slash + 1, depth)) return true;
    if (node.capture && !segment.empty() && depth < kMaxCaptures) {
      match_.captures[depth] = span(at, segment.size());
      if (run(*node.capture, slash + 1, depth + 1)) return true;
    }
    return take_tail(node, at);
  }

  bool take_tail(const Node& node, std::size_t at) {
    if (!node.tail || !visit_(*node.tail)) return false;
    match_.rest = span(at, path_.size() - at);
    return true;
  }

 private:
  static RouteMatch::Span span(std::size_t begin, std::size_t size) {
    return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(size)};
  }
  std::string_view path_;
  RouteMatch& match_;
  Visit visit_;
};

template <class Node, class Visit>
bool walk(const Node& root, std::string_view path, RouteMatch& match, Visit visit) {
  Walk<Node, Visit> walk(path, match, visit);
  if (!path.starts_with('/')) return walk.take_tail(root, 0);  // "*" of OPTIONS, CONNECT's nothing
  return walk.run(root, 1, 0);
}

}  // namespace

RouteMatcher::RouteMatcher() : root_(std::make_unique<Node>()) {}
RouteMatcher::~RouteMatcher() = default;

void RouteMatcher::add(std::string_view methods, std::string_view pattern, std::uint32_t handler) {
  if (!pattern.starts_with('/')) refuse(pattern, "it must start with '/'");
  if (pattern.find_first_of("?# ") != std::string_view::npos) refuse(pattern, "it is a path: no '?', '#' or space");
  const bool has_tail = pattern.ends_with("/*");
  std::string_view left = has_tail ? pattern.substr(0, pattern.size() - 2) : pattern;
  if (left.find('*') != std::string_view::npos) refuse(pattern, "'*' stands only at the end, after '/'");

  Node* node = root_.get();
  std::vector<std::string> names;
  while (!left.empty()) {
    left.remove_prefix(1);
    const std::string_view segment = left.substr(0, left.find('/'));
    left.remove_prefix(segment.size());
    if (!is_capture(segment)) {
      node = &node->literal(segment);
      continue;
    }
    names.push_back(capture_name(pattern, segment));
    if (names.size() > kMaxCaptures) refuse(pattern, "it has more than 16 captures");
    if (!node->capture) node->capture = std::make_unique<Node>();
    node = node->capture.get();
  }
  std::unique_ptr<Target>& target = has_tail ? node->tail : node->end;
  const std::vector<std::string> method_names = split_methods(methods);
  if (!target) target = std::make_unique<Target>(Target{{}, names});
  if (target->names != names) refuse(pattern, "another pattern has other names for the same captures");
  for (const std::string& method : method_names) {
    for (const Target::Method& entry : target->methods)
      if (entry.name == method) refuse(pattern, "there is a handler for this method already");
    target->methods.push_back({method, handler});
  }
}

void RouteMatcher::find(std::string_view method, std::string_view path, RouteMatch& match) const {
  match.found = RouteMatch::Found::no;
  match.rest = {};
  match.names = nullptr;
  // A handler for "*" gives way to a more specific pattern that has handlers for the path: it would hide that the
  // method is wrong. A handler for this very method does not give way.
  walk(*root_, path, match, [&](const Target& target) {
    const Target::Method* entry = target.find(method);
    const bool is_known = match.found == RouteMatch::Found::other_method;
    if (entry == nullptr || (entry->name == "*" && is_known)) {
      if (target.serves_more_than_options()) match.found = RouteMatch::Found::other_method;
      return false;
    }
    match.found = RouteMatch::Found::yes;
    match.handler = entry->handler;
    match.names = &target.names;
    return true;
  });
}

std::string RouteMatcher::allowed(std::string_view path) const {
  std::set<std::string> names;
  RouteMatch ignored;
  walk(*root_, path, ignored, [&](const Target& target) {
    for (const Target::Method& entry : target.methods)
      if (entry.name != "*") names.insert(entry.name);  // "*" of a less specific pattern gives way
    return false;
  });
  if (names.contains("GET")) names.insert("HEAD");
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

}  // namespace zeroway
