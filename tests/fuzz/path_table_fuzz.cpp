// Any paths, prefixes and methods: the table says what a slow and simple reading of its rules says, and so does the
// table of hosts.
#include "router/route/path_table.h"

#include <map>
#include <string>
#include <vector>

#include "router/route/host_table.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

namespace {

struct Rule {
  std::string path;
  bool is_exact;
  std::string method;  // "" = every

  [[nodiscard]] bool holds(const std::string& asked) const {
    if (is_exact) return asked == path;
    return path.empty() || asked == path || asked.starts_with(path + "/");
  }
  [[nodiscard]] bool answers(const std::string& asked) const {
    return method.empty() || method == asked || (method == "GET" && asked == "HEAD");
  }
  [[nodiscard]] bool is_beside(const Rule& other) const { return is_exact == other.is_exact && path == other.path; }
  [[nodiscard]] bool meets(const Rule& other) const {
    if (!is_beside(other)) return false;
    const bool is_pair = (method == "GET" && other.method == "HEAD") || (method == "HEAD" && other.method == "GET");
    return method == other.method || is_pair;
  }
};

// The index of the rule; -1 when the path is nobody's, -2 when its methods do not match.
int find_slowly(const std::vector<Rule>& rules, const std::string& path, const std::string& method) {
  const Rule* best = nullptr;
  for (const Rule& rule : rules) {
    if (!rule.holds(path)) continue;
    if (best == nullptr || rule.is_exact > best->is_exact ||
        (rule.is_exact == best->is_exact && rule.path.size() > best->path.size()))
      best = &rule;
  }
  if (best == nullptr) return -1;
  int winner = -2;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (!rules[i].is_beside(*best) || !rules[i].answers(method)) continue;
    if (winner == -2 || !rules[i].method.empty()) winner = static_cast<int>(i);
  }
  return winner;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> lines{""};
  for (const char c : text) {
    if (c == '\n') {
      lines.emplace_back();
    } else {
      lines.back() += c;
    }
  }
  return lines;
}

// A rule: METHOD, a blank, the path, and '=' at the end when it is exact.
void check_paths(const std::vector<std::string>& lines) {
  PathTable<int> table;
  std::vector<Rule> rules;
  for (std::size_t i = 2; i < lines.size(); ++i) {
    const std::size_t blank = lines[i].find(' ');
    if (blank == std::string::npos) continue;
    Rule rule{lines[i].substr(blank + 1), lines[i].ends_with('='), lines[i].substr(0, blank)};
    if (rule.is_exact) rule.path.pop_back();
    if (!rule.path.starts_with('/')) rule.path.insert(0, "/");
    const MethodSet methods = rule.method.empty() ? MethodSet() : MethodSet{rule.method};
    const int value = static_cast<int>(rules.size());
    const bool is_new = rule.is_exact ? table.add_exact(rule.path, methods, value).is_new
                                      : table.add_prefix(rule.path, methods, value).is_new;
    if (!rule.is_exact && rule.path.ends_with('/')) rule.path.pop_back();
    bool is_known = false;
    for (const Rule& other : rules) is_known = is_known || rule.meets(other);
    must(is_new != is_known);
    if (is_new) rules.push_back(rule);
  }
  const int expected = find_slowly(rules, lines[0], lines[1]);
  const auto found = table.find(lines[0], lines[1]);
  must(found.is_wrong_method() == (expected == -2));
  must((found.value == nullptr ? -1 : *found.value) == std::max(expected, -1));
  if (expected == -2) must(!found.allowed_methods().empty());
}

void check_hosts(const std::vector<std::string>& lines) {
  HostTable<int> table;
  for (std::size_t i = 1; i < lines.size(); ++i) (void)table.add(lines[i], static_cast<int>(i));
  const int* found = table.find(lines[0]);
  must((found == nullptr) == (table.find_named(lines[0]) == nullptr && table.find_default() == nullptr));
  if (found == nullptr) return;
  const std::string name(HostName(lines[static_cast<std::size_t>(*found)]).text());
  const std::string host(HostName(lines[0]).text());
  must(name.empty() || name == "*" || name == host || (name.starts_with("*.") && host.ends_with(name.substr(1))) ||
       (name.starts_with('.') && host.ends_with(name)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 2'000) return 0;
  const std::vector<std::string> lines = split({reinterpret_cast<const char*>(data), size});
  if (lines.size() < 2) return 0;
  check_paths(lines);
  check_hosts(lines);
  return 0;
}
