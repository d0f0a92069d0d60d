#include "router/net/shared_ports.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "router/net/listener.h"
#include "router/observe/log.h"

namespace zeroway {

namespace {

constexpr std::string_view kPrefix = "@zeroway-port/";

std::string name_of(std::string_view place) { return std::string(kPrefix) + std::string(place) + "/"; }

std::string to_hex(std::uint64_t number) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(number));
  return text.data();
}

bool is_all_of(std::string_view text, std::string_view letters) {
  return !text.empty() && text.find_first_not_of(letters) == std::string_view::npos;
}

// Anybody may bind such a name, and the log repeats what it says.
std::optional<PortSharer> sharer_in(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  PortSharer sharer{std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))};
  const bool is_good = is_all_of(sharer.process, "0123456789") && is_all_of(sharer.fingerprint, "0123456789abcdef");
  return is_good ? std::optional(std::move(sharer)) : std::nullopt;
}

}  // namespace

std::vector<PortSharer> sharers_in(std::string_view table, std::string_view place) {
  const std::string name = " " + name_of(place);
  std::vector<PortSharer> sharers;
  for (auto at = table.find(name); at != std::string_view::npos; at = table.find(name, at + 1)) {
    const std::string_view rest = table.substr(at + name.size());
    auto sharer = sharer_in(rest.substr(0, rest.find('\n')));
    if (sharer && std::find(sharers.begin(), sharers.end(), *sharer) == sharers.end())
      sharers.push_back(std::move(*sharer));
  }
  return sharers;
}

void SharedPorts::use(const std::map<std::string, std::uint64_t>& places) {
  std::erase_if(told_, [&](const auto& told) {
    const auto now = places.find(told.first);
    return now == places.end() || to_hex(now->second) != told.second.fingerprint;
  });
  for (const auto& [place, fingerprint] : places)
    if (!told_.contains(place)) tell(place, to_hex(fingerprint));
}

// First it tells, then it looks: of two routers that begin at once, one at least sees the other.
void SharedPorts::tell(const std::string& place, const std::string& fingerprint) {
  auto socket = listen_on_unix(name_of(place) + std::to_string(::getpid()) + "/" + fingerprint);
  if (!socket)
    return log::debug(place + ": other routers there are not told what the file says: " + socket.error().detail);
  told_[place] = {fingerprint, std::move(*socket)};
  for (const PortSharer& other : others_at(place, fingerprint))
    log::warning(
        place + " is shared with process " + other.process +
        ", whose configuration file says something else of it: chance decides which of the two answers a client");
}

std::vector<PortSharer> SharedPorts::others_at(const std::string& place, const std::string& fingerprint) {
  std::ifstream file("/proc/net/unix");
  const std::string table{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::vector<PortSharer> sharers = sharers_in(table, place);
  std::erase_if(sharers, [&](const PortSharer& sharer) { return sharer.fingerprint == fingerprint; });
  return sharers;
}

}  // namespace zeroway
