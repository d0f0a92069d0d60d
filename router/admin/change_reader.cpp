#include "router/admin/change_reader.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "proto/limits.h"
#include "router/admin/limits.h"

namespace zeroway {

namespace {

using nlohmann::json;

Error wrong(std::string detail) { return {Fault::client, Code::bad_request, false, std::move(detail)}; }

std::string shown(const json& value) {
  return value.dump(-1, ' ', true, json::error_handler_t::replace).substr(0, 100);
}

Result<> read_member_key(const std::string& key, const json& value, MemberChange& change) {
  if (key == "held") {
    if (!value.is_boolean()) return wrong("held = " + shown(value) + ": wants true or false");
    change.held = value.get<bool>();
    return {};
  }
  if (key != "weight") return wrong("'" + key.substr(0, 100) + "' is no key: there are held and weight");
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > kMaxWeight)
    return wrong("weight = " + shown(value) + ": wants a number from 0 to " + std::to_string(kMaxWeight));
  change.weight = value.get<std::uint32_t>();
  return {};
}

Result<> read_object(std::string_view body, json& read) {
  read = json::parse(body, nullptr, false);
  if (read.is_discarded()) return wrong("the body is no JSON");
  if (!read.is_object()) return wrong("the body is no JSON object");
  return {};
}

Result<> read_log_key(const std::string& key, const json& value, std::optional<bool>& is_debug, LogChange& change) {
  if (key == "level") {
    if (value != "debug" && value != "info") return wrong("level = " + shown(value) + ": wants \"debug\" or \"info\"");
    is_debug = value == "debug";
    return {};
  }
  if (key != "seconds") return wrong("'" + key.substr(0, 100) + "' is no key: there are level and seconds");
  const auto most = static_cast<std::uint64_t>(kLongestLogChange.count());
  if (!value.is_number_unsigned() || value == 0U || value.get<std::uint64_t>() > most)
    return wrong("seconds = " + shown(value) + ": wants a number from 1 to " + std::to_string(most));
  change.time = std::chrono::seconds(value.get<std::int64_t>());
  return {};
}

}  // namespace

Result<LogChange> read_log_change(std::string_view body) {
  json read;
  if (const auto is_object = read_object(body, read); !is_object) return is_object.error();
  LogChange change;
  std::optional<bool> is_debug;
  for (const auto& [key, value] : read.items())
    if (const auto taken = read_log_key(key, value, is_debug, change); !taken) return taken.error();
  if (!is_debug || change.time.count() == 0) return wrong("the body must say level and seconds");
  change.is_debug = *is_debug;
  return change;
}

Result<MemberChange> read_member_change(std::string_view body) {
  json read;
  if (const auto is_object = read_object(body, read); !is_object) return is_object.error();
  MemberChange change;
  for (const auto& [key, value] : read.items())
    if (const auto taken = read_member_key(key, value, change); !taken) return taken.error();
  if (!change.held && !change.weight) return wrong("the body says neither held nor weight");
  return change;
}

}  // namespace zeroway
