#include "router/exchange/header_rules.h"

#include <array>
#include <charconv>
#include <ctime>

#include "proto/head_rules.h"

namespace zeroway {

std::string_view DateField::text(WallTime now) {
  const std::int64_t second = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  if (second == second_) return text_;
  second_ = second;
  const auto time = static_cast<std::time_t>(second);
  std::tm parts{};
  gmtime_r(&time, &parts);
  std::array<char, 64> buffer;  // names of days and months are those of the C locale, which the router never leaves
  text_.assign(buffer.data(), std::strftime(buffer.data(), buffer.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts));
  return text_;
}

HeaderRules::HeaderRules(const ExchangeSettings& settings) : worker_header_(settings.worker_header) {
  for (const std::string& network : settings.trusted_proxies) static_cast<void>(trusted_.add(network));
}

void HeaderRules::append(Head& head, std::string_view name, bool is_trusted) {
  value_.clear();
  if (is_trusted) {
    for (const Field field : head) {
      if (field.name == name && !field.value.empty()) value_.append(field.value).append(", ");
    }
  }
  value_.append(addition_);
  head.set(name, value_);
}

namespace {

// RFC 7239 §4: a value that is no token is quoted.
void append_quoted(std::string& out, std::string_view value) {
  if (is_token(value)) {
    out.append(value);
    return;
  }
  out.push_back('"');
  for (const char c : value) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
}

void append_forwarded(std::string& out, const ClientInfo& client, std::string_view host, std::string_view scheme) {
  out.append("for=");
  if (client.address.find(':') == std::string::npos) {
    append_quoted(out, client.address);
  } else {
    out.append("\"[").append(client.address).append("]\"");  // RFC 7239 §6.1
  }
  if (!host.empty()) {
    out.append(";host=");
    append_quoted(out, host);
  }
  out.append(";proto=").append(scheme);
}

}  // namespace

void HeaderRules::request(Head& head, const ClientInfo& client) {
  const std::string_view scheme = client.is_tls ? "https" : "http";
  if (const auto told = head.find(":scheme"); told && *told != scheme) head.set(":scheme", scheme);

  const bool is_trusted = trusted_.contain(client.address);
  addition_.assign(client.address);
  append(head, "x-forwarded-for", is_trusted);
  addition_.clear();
  append_forwarded(addition_, client, head.authority(), scheme);
  append(head, "forwarded", is_trusted);

  // What the first proxy saw is what the client meant: these two have one value.
  if (!is_trusted || !head.has("x-forwarded-proto")) head.set("x-forwarded-proto", scheme);
  if (!is_trusted || !head.has("x-forwarded-host")) {
    value_.assign(head.authority());  // set() may move the head's text
    if (value_.empty()) {
      head.remove("x-forwarded-host");
    } else {
      head.set("x-forwarded-host", value_);
    }
  }
}

void HeaderRules::reply(Head& head, std::string_view worker, std::string_view date) const {
  if (head.status() == 204) head.remove("content-length");
  if (!head.has("date")) head.add("date", date);
  if (worker_header_) head.set("x-worker", worker);
}

Result<std::optional<std::uint64_t>> read_content_length(const Head& head) {
  const auto text = head.find("content-length");
  if (!text) return std::optional<std::uint64_t>();
  std::uint64_t length = 0;
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), length);
  const bool is_number = failure == std::errc() && end == text->data() + text->size() && !text->empty();
  if (!is_number || head.count("content-length") != 1) {
    return Error{Fault::backend, Code::worker_protocol, false,
                 "content-length '" + std::string(*text) + "' is no length, or not the only one"};
  }
  return std::optional(length);
}

}  // namespace zeroway
