// Any sites, routes and claims, and any request: the plan finds what a slow and simple reading of its order says.
#include <optional>
#include <string>
#include <vector>

#include "router/plan/plan.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

namespace {

struct Rule {
  std::string path;
  bool is_exact;
  std::string method;  // "" = every

  [[nodiscard]] std::string bare() const {
    return !is_exact && path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
  }
  [[nodiscard]] bool holds(const std::string& asked) const {
    if (is_exact) return asked == path;
    return bare().empty() || asked == bare() || asked.starts_with(bare() + "/");
  }
  [[nodiscard]] bool answers(const std::string& asked) const {
    return method.empty() || method == asked || (method == "GET" && asked == "HEAD");
  }
  [[nodiscard]] bool is_beside(const Rule& other) const { return is_exact == other.is_exact && bare() == other.bare(); }
};

// What one site says, beside the site itself.
struct Said {
  std::vector<std::string> hosts;
  std::vector<Rule> rules;
  std::vector<const Route*> routes;  // of `rules`
};

struct Request {
  std::string host, method, path;

  [[nodiscard]] std::string bare_path() const { return path.substr(0, path.find('?')); }
};

// Workers that claim these paths and all below them.
class Claims final : public ClaimLookup {
 public:
  void add(std::string path) { paths_.push_back(std::move(path)); }
  [[nodiscard]] std::optional<std::size_t> claimed(std::size_t, std::string_view,
                                                   std::string_view path) const override {
    const std::string asked(path.substr(0, path.find('?')));
    std::optional<std::size_t> longest;
    for (const std::string& claim : paths_) {
      const bool is_longer = !longest || claim.size() > *longest;
      if (is_longer && Rule{claim, false, ""}.holds(asked)) longest = claim.size();
    }
    return longest;
  }

 private:
  std::vector<std::string> paths_;
};

// The plan, and what was said to make it.
class Scene {
 public:
  explicit Scene(const std::vector<std::string>& lines) {
    plan_.listeners.emplace_back();
    for (const std::string& line : lines)
      if (!line.empty()) add(line.front(), line.substr(1));
    for (std::size_t index = 0; index < said_.size(); ++index)
      for (const std::string& host : said_[index].hosts) add_host(host, plan_.sites[index]);
  }

  void check(const Request& request) const {
    const ListenerSpec& listener = plan_.listeners.front();
    const Match match =
        Plan::match(Plan::site_of(listener, request.host), request.host, request.path, request.method, claims_);
    must(match.site == Plan::site_of(listener, request.host));
    must((match.site == nullptr) == (match.miss == Match::Miss::wrong_host));
    must((match.route == nullptr) == (match.miss != Match::Miss::none));
    must(match.allowed.empty() == (match.miss != Match::Miss::wrong_method));
    if (match.site != nullptr) check_site(request, *match.site, match);
  }

 private:
  void add(char what, const std::string& text) {
    if (what == 's') {
      plan_.sites.emplace_back();
      said_.emplace_back();
    }
    if (plan_.sites.empty()) return;
    Site& site = plan_.sites.back();
    switch (what) {
      case 's':
      case 'n':
        return said_.back().hosts.push_back(text);
      case 'h':
        site.to_https = &plan_.routes.emplace_back();
        return;
      case 'w':
        site.workers = &plan_.routes.emplace_back();
        return;
      case 'f':
        site.files = &plan_.routes.emplace_back();
        return;
      case 'l':
        site.is_open_pool_last = false;
        return;
      case 'c':
        return claims_.add(text.starts_with('/') && text.size() > 1 && !text.ends_with('/') ? text : "/c");
      case '=':
      case '+':
        return add_rule(what == '=', text);
      default:
        return;
    }
  }

  // METHOD, a blank, the path.
  void add_rule(bool is_exact, const std::string& text) {
    const std::size_t blank = text.find(' ');
    if (blank == std::string::npos) return;
    Rule rule{text.substr(blank + 1), is_exact, text.substr(0, blank)};
    if (!rule.path.starts_with('/')) rule.path.insert(0, "/");
    const MethodSet methods = rule.method.empty() ? MethodSet() : MethodSet{rule.method};
    Site& site = plan_.sites.back();
    const Route* route = &plan_.routes.emplace_back();
    const bool is_new = is_exact ? site.routes.add_exact(rule.path, methods, route).is_new
                                 : site.routes.add_prefix(rule.path, methods, route).is_new;
    if (!is_new) return;
    said_.back().rules.push_back(std::move(rule));
    said_.back().routes.push_back(route);
  }

  void add_host(const std::string& host, const Site& site) {
    static_cast<void>(plan_.listeners.front().sites.add(host, &site));
  }

  // The order that router/plan/site.h draws.
  void check_site(const Request& request, const Site& site, const Match& match) const {
    if (site.to_https != nullptr) return must(match.route == site.to_https);
    std::size_t index = 0;
    while (&plan_.sites[index] != &site) ++index;
    const Said& said = said_[index];
    const Rule* best = best_rule(said, request.bare_path());
    const auto claimed =
        site.workers == nullptr ? std::nullopt : claims_.claimed(site.workers->backend, request.host, request.path);
    if (claimed && (best == nullptr || *claimed > best->bare().size())) return must(match.route == site.workers);
    if (best != nullptr) return check_rule(said, *best, request.method, match);
    if (site.files != nullptr) return must(match.route == site.files);
    must(match.route == (site.is_open_pool_last ? site.workers : nullptr));
    must((match.route == nullptr) == (match.miss == Match::Miss::no_route));
  }

  // The exact path, else the longest prefix, whatever its methods are.
  static const Rule* best_rule(const Said& said, const std::string& path) {
    const Rule* best = nullptr;
    for (const Rule& rule : said.rules) {
      if (!rule.holds(path)) continue;
      const bool is_longer =
          best != nullptr && rule.is_exact == best->is_exact && rule.bare().size() > best->bare().size();
      if (best == nullptr || (rule.is_exact && !best->is_exact) || is_longer) best = &rule;
    }
    return best;
  }

  static void check_rule(const Said& said, const Rule& best, const std::string& method, const Match& match) {
    const Route* named = nullptr;
    const Route* every = nullptr;
    for (std::size_t index = 0; index < said.rules.size(); ++index) {
      const Rule& rule = said.rules[index];
      if (!rule.is_beside(best) || !rule.answers(method)) continue;
      (rule.method.empty() ? every : named) = said.routes[index];
    }
    const Route* expected = named != nullptr ? named : every;
    must(match.route == expected);
    must((expected == nullptr) == (match.miss == Match::Miss::wrong_method));
  }

  Plan plan_;
  std::vector<Said> said_;
  Claims claims_;
};

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

}  // namespace

// Three lines are the request: host, method, path. Each other line says one thing; its first character says what.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 2'000) return 0;
  const std::vector<std::string> lines = split({reinterpret_cast<const char*>(data), size});
  if (lines.size() < 4) return 0;
  Scene({lines.begin() + 3, lines.end()}).check({lines[0], lines[1], lines[2]});
  return 0;
}
