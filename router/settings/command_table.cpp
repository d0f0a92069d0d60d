#include "router/settings/command_table.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "router/settings/limits.h"
#include "router/settings/units.h"

namespace zeroway {

namespace {

using W = CommandWords;

bool read_where(W& words, const std::string& value) {
  const bool is_url = value.find("://") != std::string::npos || value.starts_with("unix:");
  auto target = read_member_url(is_url ? value : "http://" + value);
  if (!target || !target->base.empty()) return false;
  const MemberScheme scheme = target->scheme;
  if (scheme != MemberScheme::http && scheme != MemberScheme::https && scheme != MemberScheme::unix_socket)
    return false;
  words.where = value;
  words.target = std::move(*target);
  return true;
}

template <std::string W::*target>
bool read_text(W& words, const std::string& value) {
  words.*target = value;
  return !value.empty();
}

template <bool W::*target>
bool read_flag(W& words, const std::string&) {
  return words.*target = true;
}

template <std::chrono::milliseconds W::*target>
bool read_time(W& words, const std::string& value) {
  const auto time = zeroway::read_time(value);
  if (!time || *time < kLeastCommandTime || *time > kMostCommandTime) return false;
  words.*target = *time;
  return true;
}

template <std::optional<std::uint64_t> W::*target, std::uint64_t most, std::uint64_t least = 0>
bool read_number(W& words, const std::string& value) {
  std::uint64_t number = 0;
  const char* const last = value.data() + value.size();
  const auto [end, error] = std::from_chars(value.data(), last, number);
  if (error != std::errc{} || end != last || number < least || number > most) return false;
  words.*target = number;
  return true;
}

constexpr std::string_view kAFile = "a file", kATime = "a time from 100ms to 1h, as 500ms, 2 or 1m";

constexpr CommandOption kJson{"--json", "", "Print the answer of the management API as it is", "",
                              read_flag<&W::is_json>};

constexpr std::array kReach{
    CommandOption{"--manage", "WHERE",
                  "The router's management listener: ADDRESS:PORT, https://HOST:PORT or unix:/SOCKET [127.0.0.1:6040]",
                  "ADDRESS:PORT, http://HOST:PORT, https://HOST:PORT or unix:/SOCKET", read_where},
    CommandOption{"--token-file", "FILE",
                  "File with the token that changes need, and all questions from other machines", kAFile,
                  read_text<&W::token_file>},
    CommandOption{"--ca-file", "FILE", "Authorities that may have signed the listener's certificate [the system's]",
                  kAFile, read_text<&W::ca_file>},
    CommandOption{"--timeout", "TIME", "Longest wait for an answer [5s]", kATime, read_time<&W::timeout>},
};

constexpr std::array kJsonOnly{kJson};
constexpr std::array kTopOptions{
    CommandOption{"--every", "TIME", "Time between two looks [1s]", kATime, read_time<&W::every>},
    CommandOption{"--once", "", "Print one screen as text, and exit: for scripts", "", read_flag<&W::is_once>},
};
constexpr std::array kHoldOptions{
    CommandOption{"--kind", "worker|server", "Which one is meant when a worker and a server have the name [the worker]",
                  "worker or server", read_text<&W::kind>, "worker server"},
    kJson,
};
constexpr std::array kExplainOptions{
    CommandOption{"--method", "METHOD", "The request's method [GET]", "a method, as POST", read_text<&W::method>},
    CommandOption{"--client", "ADDRESS", "The client's address [127.0.0.1]", "an address", read_text<&W::client>},
    kJson,
};
constexpr std::array kRequestsOptions{
    CommandOption{"--failed", "N", "So many that failed, the newest first [20; 0 with --slow]",
                  "a number from 0 to 1000", read_number<&W::failed, kMostFailedRequests>},
    CommandOption{"--slow", "N", "So many of the slowest of the last 10 minutes [10; 0 with --failed]",
                  "a number from 0 to 100", read_number<&W::slow, kMostSlowRequests>},
    kJson,
};
constexpr std::array kWampOptions{
    CommandOption{"--realm", "REALM", "Only clients whose session is in this realm", "a realm", read_text<&W::realm>},
    CommandOption{"--authid", "AUTHID", "Only clients that the router itself knows by this name", "an authid",
                  read_text<&W::authid>},
    CommandOption{"--worker", "NAME", "Only clients whose session this worker has, or the backend with this URL",
                  "the name of a worker or the URL of a backend", read_text<&W::worker>},
    CommandOption{"--limit", "N", "So many, the oldest first [1000]", "a number from 1 to 1000",
                  read_number<&W::limit, kMostWampClients, 1>},
    CommandOption{"--after", "PLACE", "Only clients that came later, as the line above a list that is cut says",
                  "what that line says", read_text<&W::after_place>},
    kJson,
};
constexpr std::array kEventsOptions{
    CommandOption{"--after", "ID", "Begin behind the event with this number", "a number",
                  read_number<&W::after, UINT64_MAX>},
    kJson,
};

constexpr std::string_view kShells = "bash zsh";

constexpr std::array kCommands{
    Command{CommandId::top, "top", "", false, "",
            "Watch a router: its rates, workers, servers, routes and sessions of WAMP",
            "The keys are shown by ?. errors/s are replies with a 5xx status. d drains the worker or server under the\n"
            "cursor, u gives it requests again; both ask first. NO_COLOR=1 switches colours off.",
            kTopOptions, kReach},
    Command{CommandId::status, "status", "", false, "", "Whether the router is ready, and what it has",
            "The exit status is 1 while the router is not ready.", kJsonOnly, kReach},
    Command{CommandId::workers, "workers", "", false, "", "The workers that have joined", "", kJsonOnly, kReach},
    Command{CommandId::servers, "servers", "", false, "", "The servers of all pools", "", kJsonOnly, kReach},
    Command{CommandId::drain, "drain", "NAME", true, "", "Give a worker or a server no new requests",
            "Its open requests go on. A server is drained until `router undrain NAME`; a worker also until its\n"
            "connection ends.",
            kHoldOptions, kReach},
    Command{CommandId::undrain, "undrain", "NAME", true, "", "Give a drained worker or server requests again", "",
            kHoldOptions, kReach},
    Command{CommandId::explain, "explain", "URL", true, "", "Who would answer a request, and why",
            "Nothing is sent to a backend. The exit status is 1 when the request would get an error.", kExplainOptions,
            kReach},
    Command{CommandId::requests, "requests", "", false, "", "The last failed requests, and the slowest", "",
            kRequestsOptions, kReach},
    Command{CommandId::wamp, "wamp", "", false, "", "The clients of WAMP that are connected, and their sessions",
            "IN and OUT are messages that the client has sent and got. A client without a realm is in no session.",
            kWampOptions, kReach},
    Command{CommandId::reload, "reload", "", false, "", "Have the router read its configuration file again",
            "An error in the file changes nothing, and the exit status is 1.", kJsonOnly, kReach},
    Command{CommandId::events, "events", "", false, "", "Tell what happens, a line an event, until ctrl-C",
            "Workers that join and leave, servers that fail, reloads, certificates, changes by operators.",
            kEventsOptions, kReach},
    Command{CommandId::completion,
            "completion",
            "SHELL",
            true,
            kShells,
            "Print the completion of bash or zsh",
            "For bash: source <(router completion bash). For zsh: router completion zsh > a folder of $fpath/_router.\n"
            "An installed router has both in place.",
            {},
            {}},
    Command{CommandId::help, "help", "COMMAND", false, "", "Explain a command, or all of them", "", {}, {}},
};

const CommandOption* find_in(std::span<const CommandOption> options, std::string_view name) {
  const auto found = std::find_if(options.begin(), options.end(), [&](const auto& one) { return one.name == name; });
  return found == options.end() ? nullptr : &*found;
}

}  // namespace

std::span<const Command> commands() { return kCommands; }

const Command* find_command(std::string_view name) {
  const auto found =
      std::find_if(kCommands.begin(), kCommands.end(), [&](const Command& one) { return one.name == name; });
  return found == kCommands.end() ? nullptr : &*found;
}

const CommandOption* find_option(const Command& command, std::string_view name) {
  const CommandOption* const own = find_in(command.options, name);
  return own != nullptr ? own : find_in(command.shared_options, name);
}

}  // namespace zeroway
