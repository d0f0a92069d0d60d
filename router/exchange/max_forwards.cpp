#include "router/exchange/max_forwards.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace zeroway {

namespace {

constexpr std::string_view kField = "max-forwards";

bool is_counted(std::string_view method) { return method == "OPTIONS" || method == "TRACE"; }

// A web page that made a browser send TRACE would read in the answer what the page may not read elsewhere: cookies,
// credentials, and fields that applications give such a name.
bool may_be_secret(std::string_view name) {
  constexpr std::array<std::string_view, 9> kParts{"auth", "cookie",  "credential", "csrf", "key",
                                                   "pass", "session", "secret",     "token"};
  return std::any_of(kParts.begin(), kParts.end(),
                     [&](std::string_view part) { return name.find(part) != std::string_view::npos; });
}

// The request as message/http (RFC 9112 §10.1), whatever version of HTTP the client uses.
std::string echo_of(const Head& request) {
  std::string text(request.method());
  text.append(" ").append(request.path()).append(" HTTP/1.1\r\n");
  if (!request.authority().empty()) text.append("host: ").append(request.authority()).append("\r\n");
  for (const Field field : request) {
    if (field.name.starts_with(':') || may_be_secret(field.name)) continue;
    text.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  return text.append("\r\n");
}

}  // namespace

Forwarding count_forwarding(Head& request) {
  if (!is_counted(request.method())) return Forwarding::allowed;
  const auto text = request.find(kField);
  if (!text) return Forwarding::allowed;
  std::uint64_t left = 0;
  const char* const last = text->data() + text->size();
  const auto [end, failure] = std::from_chars(text->data(), last, left);
  if (failure != std::errc() || end != last || request.count(kField) != 1) return Forwarding::unclear;
  if (left == 0) return Forwarding::used_up;
  request.set(kField, std::to_string(left - 1));
  return Forwarding::allowed;
}

std::string write_last_answer(const Head& request, std::string_view date, Head& reply) {
  const bool is_trace = request.method() == "TRACE";
  std::string content = is_trace ? echo_of(request) : std::string();
  reply.clear();
  reply.add(":status", "200");
  reply.add("date", date);
  if (is_trace) {
    reply.add("content-type", "message/http");
    reply.add("cache-control", "no-store");
  } else {
    reply.add("allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE");
  }
  reply.add("content-length", std::to_string(content.size()));
  return content;
}

}  // namespace zeroway
