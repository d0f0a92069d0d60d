#include "router/admin/change_reader.h"

#include <nlohmann/json.hpp>

namespace zeroway {

namespace {

using nlohmann::json;

constexpr std::uint64_t kMostWeight = 1'000'000;

Error wrong(std::string detail) { return {Fault::client, Code::bad_request, false, std::move(detail)}; }

std::string shown(const json& value) {
  return value.dump(-1, ' ', true, json::error_handler_t::replace).substr(0, 100);
}

Result<> read_key(const std::string& key, const json& value, MemberChange& change) {
  if (key == "held") {
    if (!value.is_boolean()) return wrong("held = " + shown(value) + ": wants true or false");
    change.held = value.get<bool>();
    return {};
  }
  if (key != "weight") return wrong("'" + key.substr(0, 100) + "' is no key: there are held and weight");
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > kMostWeight)
    return wrong("weight = " + shown(value) + ": wants a number from 0 to " + std::to_string(kMostWeight));
  change.weight = value.get<std::uint32_t>();
  return {};
}

}  // namespace

Result<MemberChange> read_member_change(std::string_view body) {
  const json read = json::parse(body, nullptr, false);
  if (read.is_discarded()) return wrong("the body is no JSON");
  if (!read.is_object()) return wrong("the body is no JSON object");
  MemberChange change;
  for (const auto& [key, value] : read.items())
    if (const auto taken = read_key(key, value, change); !taken) return taken.error();
  if (!change.held && !change.weight) return wrong("the body says neither held nor weight");
  return change;
}

}  // namespace zeroway
