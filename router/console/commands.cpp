#include "router/console/commands.h"

#include <algorithm>
#include <iostream>
#include <iterator>
#include <optional>
#include <utility>

#include "router/console/event_stream.h"
#include "router/console/figure_reader.h"
#include "router/console/lists.h"
#include "router/console/printable.h"
#include "router/console/reports.h"
#include "router/settings/command_table.h"
#include "router/settings/nearest_word.h"

namespace zeroway::console {

namespace {

constexpr std::uint64_t kShownFailed = 20, kShownSlow = 10;  // without options: a screen of each
constexpr const char *kWorkers = "/api/v1/workers", *kServers = "/api/v1/servers";

constexpr auto always_fine = [](const auto&) { return ExitCode::fine; };

struct Reply {
  Verdict verdict;
  std::string body;
  int status = 0;
};

// One command with its router.
class Command {
 public:
  Command(Loop& loop, ManagementClient& client, const CommandWords& words)
      : loop_(loop), client_(client), words_(words) {}

  Outcome run() {
    switch (words_.command) {
      case CommandId::status:
        return status();
      case CommandId::workers:
        return members(Member::Kind::worker);
      case CommandId::servers:
        return members(Member::Kind::server);
      case CommandId::drain:
        return hold(true);
      case CommandId::undrain:
        return hold(false);
      case CommandId::explain:
        return explain();
      case CommandId::requests:
        return requests();
      case CommandId::wamp:
        return wamp();
      case CommandId::reload:
        return reload();
      case CommandId::events:
        return events();
      default:
        return {{ExitCode::usage, "this is no command for a router"}};
    }
  }

 private:
  Reply ask(const Question& question) {
    std::optional<Result<Told>> told;
    client_.ask(question, [&](Result<Told> answer) {
      told = std::move(answer);
      loop_.stop();
    });
    loop_.run();
    Reply reply{.verdict = judge(question, *told, client_.where()), .body = {}};
    if (!*told) return reply;
    reply.status = (*told)->status;
    reply.body = std::move((*told)->body);
    return reply;
  }

  // What `write` makes of the figures that `read` finds in the answer, or the answer itself; and how good it is.
  template <class Read, class Write, class Rate>
  Outcome show(const Question& question, Read read, Write write, Rate rate) {
    Reply reply = ask(question);
    if (!reply.verdict.is_fine()) return {reply.verdict};
    const auto figures = read(std::string_view(reply.body));
    if (!figures) return {{ExitCode::refused, client_.where() + ": " + figures.error().detail}};
    return {{rate(*figures)}, words_.is_json ? reply.body : write(*figures)};
  }

  // 503 is an answer as good as 200: it says why the router is not ready.
  Outcome status() {
    const Reply reply = ask({.path = "/health/readyz"});
    if (reply.status != 503 && !reply.verdict.is_fine()) return {reply.verdict};
    const auto health = read_health(reply.body);
    if (!health) return {{ExitCode::refused, client_.where() + ": " + health.error().detail}};
    const ExitCode code = health->is_ready ? ExitCode::fine : ExitCode::refused;
    if (words_.is_json) return {{code}, reply.body};
    const auto version = read_version(ask({.path = "/api/v1/version"}).body);
    std::vector<Member> members;
    if (const Verdict verdict = ask_members(members); !verdict.is_fine()) return {verdict};
    return {{code}, status_text(*health, version ? *version : Version{}, members)};
  }

  Outcome members(Member::Kind kind) {
    const bool is_worker = kind == Member::Kind::worker;
    return show(
        {.path = is_worker ? kWorkers : kServers}, [kind](std::string_view json) { return read_members(kind, json); },
        [is_worker](const std::vector<Member>& all) {
          return table_text(is_worker ? workers_list(all) : servers_list(all));
        },
        always_fine);
  }

  // All workers, then all servers. Nothing of them when the verdict is not fine.
  Verdict ask_members(std::vector<Member>& all) {
    for (const auto kind : {Member::Kind::worker, Member::Kind::server}) {
      const Reply reply = ask({.path = kind == Member::Kind::worker ? kWorkers : kServers});
      if (!reply.verdict.is_fine()) return reply.verdict;
      auto some = read_members(kind, reply.body);
      if (!some) return {ExitCode::refused, client_.where() + ": " + some.error().detail};
      std::move(some->begin(), some->end(), std::back_inserter(all));
    }
    return {};
  }

  // The lists say whether a worker or a server has the name, and so which path the change takes.
  Outcome hold(bool is_held) {
    std::vector<Member> members;
    if (const Verdict verdict = ask_members(members); !verdict.is_fine()) return {verdict};
    if (!words_.kind.empty())
      std::erase_if(members, [&](const Member& one) { return words_.kind != to_text(one.kind); });
    const auto found =
        std::find_if(members.begin(), members.end(), [&](const Member& one) { return one.name == words_.argument; });
    if (found == members.end()) return {{ExitCode::no_name, unknown_name(members)}};
    const Reply reply = ask(hold_question(found->kind == Member::Kind::worker, found->name, is_held));
    if (!reply.verdict.is_fine()) return {reply.verdict};
    return {{}, words_.is_json ? reply.body : held_text(to_text(found->kind), is_held)};
  }

  [[nodiscard]] std::string held_text(const std::string& kind, bool is_held) const {
    const std::string who = kind + " " + printable(words_.argument);
    return who + (is_held ? " gets no new requests; its open ones go on\n" : " gets requests\n");
  }

  [[nodiscard]] std::string unknown_name(const std::vector<Member>& members) const {
    std::vector<std::string> known;
    for (const Member& one : members) known.push_back(one.name);
    const std::string nearest = nearest_word(words_.argument, known);
    const std::string who = words_.kind.empty() ? "worker or server" : words_.kind;
    const std::string hint =
        nearest.empty() ? "router workers and router servers tell the names" : "is " + printable(nearest) + " meant?";
    return "no " + who + " is named '" + printable(words_.argument) + "'; " + hint;
  }

  Outcome explain() {
    const Question question{
        .path = path_with("/api/v1/explain",
                          {{"method", words_.method}, {"url", words_.argument}, {"client", words_.client}})};
    return show(question, read_explanation, explanation_text,
                [](const Explanation& found) { return found.is_error() ? ExitCode::refused : ExitCode::fine; });
  }

  Outcome requests() {
    const bool has_one = words_.failed.has_value() || words_.slow.has_value();
    const Question question{
        .path = path_with("/api/v1/requests",
                          {{"failed", std::to_string(words_.failed.value_or(has_one ? 0 : kShownFailed))},
                           {"slow", std::to_string(words_.slow.value_or(has_one ? 0 : kShownSlow))}})};
    return show(question, read_requests, requests_text, always_fine);
  }

  Outcome wamp() {
    const Question question{.path =
                                path_with("/api/v1/wamp", {{"realm", words_.realm},
                                                           {"authid", words_.authid},
                                                           {"worker", words_.worker},
                                                           {"limit", words_.limit ? std::to_string(*words_.limit) : ""},
                                                           {"after", words_.after_place}})};
    return show(question, read_wamp, wamp_text, always_fine);
  }

  Outcome reload() {
    const Reply reply = ask({.method = "POST", .path = "/api/v1/reload"});
    if (!reply.verdict.is_fine()) return {reply.verdict};
    return {{}, words_.is_json ? reply.body : "the configuration file was read again, and is in use\n"};
  }

  Outcome events() {
    const Question question{
        .path = path_with("/api/v1/events", {{"after", words_.after ? std::to_string(*words_.after) : ""}})};
    EventStream stream;
    std::optional<Result<Told>> told;
    const auto tell = [&](std::string_view bytes) {
      for (const StreamEvent& event : stream.take(bytes)) tell_event(event);
    };
    client_.follow(question, tell, [&](Result<Told> answer) {
      told = std::move(answer);
      loop_.stop();
    });
    loop_.run();
    if (!told) return {};  // nobody reads what we write
    const Verdict verdict = judge(question, *told, client_.where());
    return {verdict.is_fine() ? Verdict{ExitCode::unreachable, "the router has ended the stream"} : verdict};
  }

  // Each second comes a summary, which has no number.
  void tell_event(const StreamEvent& event) const {
    if (event.name == "numbers") return;
    const auto read = read_event(event.data);
    if (!read) return;
    std::cout << (words_.is_json ? event.data + "\n" : event_text(*read)) << std::flush;
    if (!std::cout) loop_.stop();
  }

  Loop& loop_;
  ManagementClient& client_;
  const CommandWords& words_;
};

}  // namespace

Outcome run(Loop& loop, ManagementClient& client, const CommandWords& words) {
  return Command(loop, client, words).run();
}

std::string name_of(CommandId command) {
  for (const auto& one : commands())
    if (one.id == command) return std::string(one.name);
  return "";
}

Question hold_question(bool is_worker, const std::string& name, bool is_held) {
  return {.method = "PATCH",
          .path = std::string(is_worker ? kWorkers : kServers) + "/" + encoded(name),
          .body = is_held ? "{\"held\":true}" : "{\"held\":false}"};
}

std::string path_with(std::string path, const std::vector<std::pair<std::string, std::string>>& query) {
  char separator = '?';
  for (const auto& [name, value] : query) {
    if (value.empty()) continue;
    path.append(1, std::exchange(separator, '&')).append(name).append("=").append(encoded(value));
  }
  return path;
}

}  // namespace zeroway::console
