// What belongs to a path and a method: exact paths, and prefixes that end where a segment ends.
//
// Owner: whoever has paths to tell apart.   Thread: any, once it is built; add_…() are for one thread.
// The exact path wins, else the longest prefix, whatever the order of adding. The path is chosen first and the method
// then: GET of "/a/b" beside everything of "/a" makes POST of "/a/b" a 405, so that no shorter path is a way around.
// Not here: the form of a path (route/canonical_path.h); hosts (route/host_table.h).
#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "router/route/by_text.h"
#include "router/route/method_set.h"

namespace zeroway {

template <class T>
class PathTable {
  struct Entry {
    MethodSet methods;
    T value;
  };
  // The values at one path; those of exactly this path, and those of a prefix.
  struct Node {
    std::vector<Entry> exact, below;
  };

 public:
  struct Added {
    T& value;     // of this path and these methods; good until the next add
    bool is_new;  // no: an earlier value has one of these methods, and nothing changed
  };
  // The path itself alone. Paths are canonical and without a query.
  Added add_exact(std::string_view path, MethodSet methods, T value) {
    return add(node(path).exact, std::move(methods), std::move(value));
  }
  // "/ws" and "/ws/" both are "/ws" and "/ws/…", never "/wsx". "/" is every path, and "*".
  Added add_prefix(std::string_view path, MethodSet methods, T value) {
    if (path.ends_with('/')) path.remove_suffix(1);
    return add(node(path).below, std::move(methods), std::move(value));
  }

  struct Found {
    const T* value = nullptr;  // nullptr: nobody has the path, or those who have it do not answer the method
    std::size_t matched = 0;   // bytes of the path that the winner names, without a '/' at the end of a prefix
    bool is_exact = false;     // the winner names the path itself
    const std::vector<Entry>* entries = nullptr;  // the winner and its neighbours of other methods

    // Somebody has the path, but not with this method: 405 with the field Allow.
    [[nodiscard]] bool is_wrong_method() const { return value == nullptr && entries != nullptr; }
    [[nodiscard]] std::string allowed_methods() const {
      MethodSet all;
      if (entries == nullptr) return "";
      for (const Entry& entry : *entries) all.add(entry.methods);
      return all.text();
    }
  };
  // Good until the table changes. No allocation.
  [[nodiscard]] Found find(std::string_view path, std::string_view method) const {
    if (path.size() <= longest_) {
      if (const auto at = nodes_.find(path); has_exact(at)) return choose(path.size(), at->second.exact, method, true);
    }
    // A prefix ends where the path ends or a segment does: shorten by whole segments until one is known.
    for (std::size_t end = path.size() <= longest_ ? path.size() : path.rfind('/', longest_);
         end != std::string_view::npos && end > 0; end = path.rfind('/', end - 1)) {
      const auto at = nodes_.find(path.substr(0, end));
      if (has_prefix(at)) return choose(end, at->second.below, method, false);
    }
    const auto root = nodes_.find(std::string_view());
    return has_prefix(root) ? choose(0, root->second.below, method, false) : Found{};
  }
  [[nodiscard]] bool is_empty() const { return nodes_.empty(); }

 private:
  using Nodes = ByText<Node>;

  Node& node(std::string_view path) {
    longest_ = std::max(longest_, path.size());
    return nodes_[std::string(path)];
  }
  static Added add(std::vector<Entry>& entries, MethodSet methods, T value) {
    for (Entry& entry : entries) {
      if (entry.methods.meets(methods)) return {entry.value, false};
    }
    entries.push_back({std::move(methods), std::move(value)});
    return {entries.back().value, true};
  }

  [[nodiscard]] bool has_exact(typename Nodes::const_iterator at) const {
    return at != nodes_.end() && !at->second.exact.empty();
  }
  [[nodiscard]] bool has_prefix(typename Nodes::const_iterator at) const {
    return at != nodes_.end() && !at->second.below.empty();
  }
  // The value that names the method, else the one for every method.
  static const T* pick(const std::vector<Entry>& entries, std::string_view method) {
    const T* every = nullptr;
    for (const Entry& entry : entries) {
      if (entry.methods.is_every()) {
        every = &entry.value;
      } else if (entry.methods.holds(method)) {
        return &entry.value;
      }
    }
    return every;
  }
  static Found choose(std::size_t matched, const std::vector<Entry>& entries, std::string_view method, bool is_exact) {
    return {pick(entries, method), matched, is_exact, &entries};
  }

  Nodes nodes_;              // prefixes without '/' at the end, exact paths unchanged
  std::size_t longest_ = 0;  // bounds the walk: a path of ten thousand slashes costs no more than the longest one here
};

}  // namespace zeroway
