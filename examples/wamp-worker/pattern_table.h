// What is kept for names and for patterns of names, and looked up by a name.
//
// Owner: a broker or a dealer.   Thread: that one's.
// Not here: whether a name or pattern is well formed (uri.h).
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "uri.h"

namespace wamp {

template <class T>
class PatternTable {
 public:
  // What is kept for this very pattern, or nullptr. Good until the table changes.
  [[nodiscard]] T* find(Match match, std::string_view pattern);
  // Keeps `value` for a pattern that has nothing.
  void put(Match match, std::string_view pattern, T value);
  // Forgets a pattern; one that is not there is ignored.
  void erase(Match match, std::string_view pattern);

  // `name` is a whole name: no component of it is empty.
  // Calls take(T&) for the name itself, then for its prefixes from the longest on, then for the wildcards: of two that
  // differ, the one that has text where the other has an empty component comes first. `take` returns false to stop.
  template <class Take>
  void each_match(std::string_view name, Take take);
  // The first of these, or nullptr.
  [[nodiscard]] T* best_match(std::string_view name);
  [[nodiscard]] bool is_empty() const { return exact_.empty() && prefixes_.empty() && wildcards_.is_empty(); }

 private:
  using Texts = std::map<std::string, T, std::less<>>;
  using Parts = std::vector<std::string_view>;

  // Wildcards, a component on each level.
  struct Node {
    std::optional<T> value;
    std::map<std::string, std::unique_ptr<Node>, std::less<>> below;

    [[nodiscard]] bool is_empty() const { return !value && below.empty(); }
    [[nodiscard]] Node* next(std::string_view part) {
      const auto at = below.find(part);
      return at == below.end() ? nullptr : at->second.get();
    }
    void erase(const Parts& parts, std::size_t depth);
    // False: `take` wants no more.
    template <class Take>
    bool each_match(const Parts& parts, std::size_t depth, Take& take);
  };

  static T* find_in(Texts& texts, std::string_view pattern) {
    const auto at = texts.find(pattern);
    return at == texts.end() ? nullptr : &at->second;
  }
  [[nodiscard]] T* find_wildcard(std::string_view pattern);

  Texts exact_, prefixes_;
  std::map<std::size_t, std::size_t, std::greater<>> lengths_;  // of the prefixes: how many have this length
  Node wildcards_;
};

template <class T>
T* PatternTable<T>::find(Match match, std::string_view pattern) {
  if (match == Match::wildcard) return find_wildcard(pattern);
  return find_in(match == Match::exact ? exact_ : prefixes_, pattern);
}

template <class T>
T* PatternTable<T>::find_wildcard(std::string_view pattern) {
  Node* node = &wildcards_;
  for (const std::string_view part : components(pattern))
    if (node = node->next(part); node == nullptr) return nullptr;
  return node->value ? &*node->value : nullptr;
}

template <class T>
void PatternTable<T>::put(Match match, std::string_view pattern, T value) {
  if (match == Match::exact) {
    exact_.emplace(pattern, std::move(value));
  } else if (match == Match::prefix) {
    prefixes_.emplace(pattern, std::move(value));
    ++lengths_[pattern.size()];
  } else {
    Node* node = &wildcards_;
    for (const std::string_view part : components(pattern)) {
      auto& next = node->below[std::string(part)];
      if (!next) next = std::make_unique<Node>();
      node = next.get();
    }
    node->value.emplace(std::move(value));
  }
}

template <class T>
void PatternTable<T>::erase(Match match, std::string_view pattern) {
  if (match == Match::wildcard) return wildcards_.erase(components(pattern), 0);
  Texts& texts = match == Match::exact ? exact_ : prefixes_;
  const auto at = texts.find(pattern);
  if (at == texts.end()) return;
  texts.erase(at);
  if (match == Match::exact) return;
  const auto length = lengths_.find(pattern.size());
  if (--length->second == 0) lengths_.erase(length);
}

template <class T>
void PatternTable<T>::Node::erase(const Parts& parts, std::size_t depth) {
  if (depth == parts.size()) return value.reset();
  const auto at = below.find(parts[depth]);
  if (at == below.end()) return;
  at->second->erase(parts, depth + 1);
  if (at->second->is_empty()) below.erase(at);
}

template <class T>
template <class Take>
bool PatternTable<T>::Node::each_match(const Parts& parts, std::size_t depth, Take& take) {
  if (depth == parts.size()) return !value || take(*value);
  Node* const same = next(parts[depth]);
  if (same != nullptr && !same->each_match(parts, depth + 1, take)) return false;
  Node* const any = next({});
  return any == nullptr || any->each_match(parts, depth + 1, take);
}

template <class T>
template <class Take>
void PatternTable<T>::each_match(std::string_view name, Take take) {
  if (T* const same = find_in(exact_, name); same != nullptr && !take(*same)) return;
  for (const auto& [length, count] : lengths_) {
    if (length > name.size()) continue;
    T* const begins = find_in(prefixes_, name.substr(0, length));
    if (begins != nullptr && !take(*begins)) return;
  }
  if (!wildcards_.is_empty()) wildcards_.each_match(components(name), 0, take);
}

template <class T>
T* PatternTable<T>::best_match(std::string_view name) {
  T* best = nullptr;
  each_match(name, [&](T& found) {
    best = &found;
    return false;
  });
  return best;
}

}  // namespace wamp
