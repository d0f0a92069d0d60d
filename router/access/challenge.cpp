#include "router/access/challenge.h"

#include <utility>

namespace zeroway {

namespace {

void append_parameter(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  out.append(out.find('=') == std::string::npos ? " " : ", ").append(name).append("=\"");
  for (const char c : value) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
}

}  // namespace

std::string basic_challenge(std::string_view realm) {
  std::string field = "Basic";
  append_parameter(field, "realm", realm);
  append_parameter(field, "charset", "UTF-8");
  return field;
}

std::string bearer_challenge(std::string_view realm, std::string_view error, std::string_view scope) {
  std::string field = "Bearer";
  append_parameter(field, "realm", realm);
  append_parameter(field, "error", error);
  append_parameter(field, "scope", scope);
  return field;
}

Verdict challenge(Code code, std::string_view field, std::string why) {
  Verdict verdict = Verdict::refusal({Fault::client, code, false, std::move(why)});
  verdict.reply.add("www-authenticate", field);
  return verdict;
}

}  // namespace zeroway
