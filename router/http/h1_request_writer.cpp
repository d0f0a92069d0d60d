#include "router/http/h1_request_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <optional>
#include <utility>

#include "proto/escapes.h"
#include "proto/head_rules.h"
#include "router/http/h1_framing.h"

namespace zeroway {
namespace {

template <int Base>
void append_number(std::uint64_t value, std::string& out) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, Base).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

// A legal head has no such field; an illegal one must not become another request (request splitting).
void append_field(std::string_view name, std::string_view value, std::string& out) {
  const bool is_legal = is_token(name) && is_field_value(value);
  if (is_legal) out.append(name).append(": ").append(value).append("\r\n");
}

void append_method(std::string_view method, std::string& out) {
  std::copy_if(method.begin(), method.end(), std::back_inserter(out), h1::is_token_char);
}

// A space in a target would end the target: it is encoded, as are control characters and what begins a fragment.
void append_target(std::string_view target, std::string& out) {
  const auto is_bad = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7f || c == '#';
  };
  if (std::none_of(target.begin(), target.end(), is_bad)) {
    out.append(target);
    return;
  }
  for (const char c : target) {
    if (is_bad(c)) {
      append_escape(out, c);
    } else {
      out += c;
    }
  }
}

// Host comes first (RFC 9110 §7.2), from :authority alone when that is there (RFC 9113 §8.3.1): never two of them. A
// request that names no host has an empty one (RFC 9112 §3.2).
void append_opening(std::string_view method, const Head& head, std::string& out) {
  const auto authority = head.find(":authority");
  append_method(method, out);
  out += ' ';
  append_target(head.path(), out);
  out.append(" HTTP/1.1\r\n");
  append_field("host", authority ? *authority : head.find("host").value_or(std::string_view{}), out);
}

// HTTP/2's clients may send the crumbs of a cookie apart; HTTP/1.1 knows one field (RFC 9113 §8.2.3).
void append_cookies(const Head& head, std::string& out) {
  std::string all;
  for (const Field field : head) {
    if (field.name == "cookie") all.append(all.empty() ? "" : "; ").append(field.value);
  }
  append_field("cookie", all, out);
}

// Fields that this writer writes itself, or that concern one connection.
bool is_own(std::string_view name) {
  return name.starts_with(':') || name == "host" || name == "cookie" || name == "content-length" || name == "te" ||
         name == "expect" || name == "http2-settings" || is_connection_specific(name);
}

bool is_handshake(std::string_view name) {
  return name == "sec-websocket-key" || name == "sec-websocket-version" || name == "sec-websocket-extensions" ||
         name == "sec-websocket-accept";
}

enum class Purpose : bool { request, handshake };

void append_fields(const Head& head, Purpose purpose, std::string& out) {
  bool has_cookie = false;
  for (const Field field : head) {
    if (field.name == "cookie") {
      if (!std::exchange(has_cookie, true)) append_cookies(head, out);
    } else if (!is_own(field.name) && !(purpose == Purpose::handshake && is_handshake(field.name))) {
      append_field(field.name, field.value, out);
    }
  }
}

// Nothing when the field is absent, no number, or there twice with different values.
std::optional<std::uint64_t> promised_length(const Head& head) {
  std::optional<std::uint64_t> promised;
  for (const Field field : head) {
    if (field.name != "content-length") continue;
    const auto length = h1::read_content_length(field.value);
    if (!length || (promised && *promised != *length)) return {};
    promised = *length;
  }
  return promised;
}

// Origins answer 411 to such a request without a length (RFC 9110 §8.6).
bool has_usually_body(std::string_view method) { return method == "POST" || method == "PUT" || method == "PATCH"; }

bool may_be_trailer(std::string_view name) { return !is_own(name) && name != "trailer"; }

}  // namespace

void H1RequestWriter::head(const Head& head, Last last, std::string& out) {
  *this = H1RequestWriter{};
  append_opening(head.method(), head, out);
  append_fields(head, Purpose::request, out);
  // RFC 9110 §10.1.4: whoever sends TE lists it in Connection.
  if (head.find("te") == "trailers") out.append("te: trailers\r\nconnection: te\r\n");
  if (last == Last::no && head.has("expect")) append_field("expect", *head.find("expect"), out);
  decide_framing(head, last, out);
  out.append("\r\n");
}

void H1RequestWriter::decide_framing(const Head& head, Last last, std::string& out) {
  if (last == Last::yes) {
    if (head.has("content-length") || has_usually_body(head.method())) out.append("content-length: 0\r\n");
    return;
  }
  const auto promised = promised_length(head);
  framing_ = promised ? Framing::length : Framing::chunked;
  left_ = promised.value_or(0);
  if (!promised) {
    out.append("transfer-encoding: chunked\r\n");
    return;
  }
  out.append("content-length: ");
  append_number<10>(left_, out);
  out.append("\r\n");
}

void H1RequestWriter::web_socket(const Head& head, std::string_view key, std::string& out) {
  *this = H1RequestWriter{};
  append_opening("GET", head, out);
  out.append("upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n");
  append_field("sec-websocket-key", key, out);
  append_fields(head, Purpose::handshake, out);
  out.append("\r\n");
}

void H1RequestWriter::data(Bytes bytes, std::string& out) {
  auto text = as_text(bytes);
  if (text.empty() || framing_ == Framing::none) return;
  if (framing_ == Framing::chunked) {
    append_number<16>(text.size(), out);
    out.append("\r\n").append(text).append("\r\n");
    return;
  }
  if (text.size() > left_) is_broken_ = true;  // the origin would read the extra bytes as the next request
  text = text.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, text.size())));
  left_ -= text.size();
  out.append(text);
}

void H1RequestWriter::end(const Head& trailers, std::string& out) {
  if (framing_ == Framing::length && left_ > 0) is_broken_ = true;
  if (framing_ != Framing::chunked) return;
  out.append("0\r\n");
  for (const Field field : trailers) {
    if (may_be_trailer(field.name)) append_field(field.name, field.value, out);
  }
  out.append("\r\n");
  framing_ = Framing::none;
}

}  // namespace zeroway
