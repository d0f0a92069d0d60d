// The methods that a route answers.
//
// Owner: values.   Thread: any.
// Not here: which route of a path a method chooses (route/path_table.h).
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace zeroway {

// An empty set is every method. GET is also HEAD (RFC 9110 §9.3.2). Methods are case-sensitive (§9.1).
class MethodSet {
 public:
  MethodSet() = default;
  MethodSet(std::initializer_list<std::string_view> methods) {
    for (const std::string_view method : methods) add(method);
  }
  void add(std::string_view method);
  void add(const MethodSet& other);

  [[nodiscard]] bool is_every() const { return names_.empty(); }
  [[nodiscard]] bool holds(std::string_view method) const;
  // Whether a request could be of both. "Every method" meets only itself: it serves what is left by the others.
  [[nodiscard]] bool meets(const MethodSet& other) const;
  // In the order in which they were added: "GET, HEAD, POST", as Allow says it. "" for every method.
  [[nodiscard]] std::string text() const;

 private:
  [[nodiscard]] bool names(std::string_view method) const;

  std::vector<std::string> names_;  // a few; a longer list is not worth a table
};

}  // namespace zeroway
