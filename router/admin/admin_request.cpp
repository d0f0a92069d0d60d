#include "router/admin/admin_request.h"

#include <algorithm>

#include "router/observe/escape.h"

namespace zeroway {

namespace {

std::string_view title_of(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 415:
      return "Unsupported Media Type";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    default:
      return "Service Unavailable";
  }
}

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  const char lower = static_cast<char>(digit | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string decoded(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool has_two = at + 2 < text.size() && text[at] == '%';
    const int high = has_two ? hex_value(text[at + 1]) : -1;
    const int low = has_two ? hex_value(text[at + 2]) : -1;
    if (high >= 0 && low >= 0) {
      plain += static_cast<char>(high * 16 + low);
      at += 2;
    } else {
      plain += text[at] == '+' ? ' ' : text[at];
    }
  }
  return plain;
}

}  // namespace

AdminReply admin_error(int status, std::string_view detail) {
  AdminReply reply{.status = status, .type = "application/problem+json"};
  reply.body = "{\"status\":" + std::to_string(status) + ",\"title\":";
  append_json_string(reply.body, title_of(status));
  reply.body += ",\"detail\":";
  append_json_string(reply.body, detail);
  reply.body += "}\n";
  return reply;
}

std::string query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    if (pair.substr(0, equals) == name) return decoded(pair.substr(std::min(equals + 1, pair.size())));
  }
  return {};
}

}  // namespace zeroway
