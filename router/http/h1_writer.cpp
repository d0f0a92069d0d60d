#include "router/http/h1_writer.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>

#include "proto/head_rules.h"
#include "proto/reason_phrase.h"

namespace zeroway {
namespace {

void append_status_line(int status, std::string& out) {
  assert(status >= 100 && status <= 999);
  const std::array<char, 4> digits{static_cast<char>('0' + status / 100), static_cast<char>('0' + status / 10 % 10),
                                   static_cast<char>('0' + status % 10), ' '};
  out.append("HTTP/1.1 ").append(digits.data(), digits.size()).append(reason_phrase(status)).append("\r\n");
}

void append_field(std::string_view name, std::string_view value, std::string& out) {
  out.append(name).append(": ").append(value).append("\r\n");
}

template <int Base>
void append_number(std::uint64_t value, std::string& out) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, Base).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

void append_content_length(std::uint64_t length, std::string& out) {
  out.append("content-length: ");
  append_number<10>(length, out);
  out.append("\r\n");
}

// The writer writes the framing fields itself, so it does not copy the worker's Content-Length but returns its value.
// Empty when the field is absent, not a number, or there twice with different values: then the worker's frames decide.
std::optional<std::uint64_t> append_fields(const Head& head, std::string& out) {
  std::optional<std::uint64_t> promised;
  bool is_contradicted = false;
  for (const Field field : head) {
    if (field.name == "content-length") {
      const auto length = h1::read_content_length(field.value);
      is_contradicted |= !length || (promised && *promised != *length);
      if (length) promised = *length;
    } else if (field.name.front() != ':' && !is_connection_specific(field.name)) {
      append_field(field.name, field.value, out);
    }
  }
  if (is_contradicted) return {};
  return promised;
}

bool may_be_trailer(std::string_view name) {
  return name.front() != ':' && name != "content-length" && name != "host" && name != "trailer" &&
         !is_connection_specific(name);
}

}  // namespace

void H1Writer::begin(h1::Version version, bool is_head_method) {
  *this = H1Writer{};
  version_ = version;
  is_head_method_ = is_head_method;
}

void H1Writer::interim(const Head& head, std::string& out) const {
  if (version_ == h1::Version::http10 || has_head()) return;
  append_status_line(head.status(), out);
  (void)append_fields(head, out);
  out.append("\r\n");
}

void H1Writer::head(const Head& head, Last last, Connection connection, std::string& out) {
  const int status = head.status();
  append_status_line(status, out);
  const auto promised = append_fields(head, out);
  decide_framing(promised, status, last, out);
  connection_field(must_close_ ? Connection::close : connection, out);
  if (status == 426) out.append("upgrade: websocket\r\nconnection: upgrade\r\n");  // RFC 9110 §15.5.22
  out.append("\r\n");
}

void H1Writer::upgrade(const Head& head, std::string_view protocol, std::string& out) {
  append_status_line(101, out);
  append_field("upgrade", protocol, out);
  append_field("connection", "upgrade", out);
  (void)append_fields(head, out);
  out.append("\r\n");
}

void H1Writer::decide_framing(std::optional<std::uint64_t> promised, int status, Last last, std::string& out) {
  if (is_head_method_ || status == 204 || status == 304) {  // RFC 9112 §6.3
    framing_ = Framing::no_body;
    if (promised && status != 204) append_content_length(*promised, out);
  } else if (promised || last == Last::yes) {
    framing_ = Framing::length;
    left_ = promised.value_or(0);
    append_content_length(left_, out);
  } else if (version_ == h1::Version::http11) {
    framing_ = Framing::chunked;
    out.append("transfer-encoding: chunked\r\n");
  } else {
    framing_ = Framing::until_close;
    must_close_ = true;
  }
}

void H1Writer::connection_field(Connection connection, std::string& out) const {
  if (connection == Connection::close) {
    out.append("connection: close\r\n");
  } else if (version_ == h1::Version::http10) {
    out.append("connection: keep-alive\r\n");
  }
}

void H1Writer::data(Bytes bytes, std::string& out) {
  auto text = as_text(bytes);
  if (text.empty() || framing_ == Framing::no_body) return;
  if (framing_ == Framing::chunked) {
    append_number<16>(text.size(), out);
    out.append("\r\n").append(text).append("\r\n");
    return;
  }
  if (framing_ == Framing::length) {
    if (text.size() > left_) must_close_ = true;  // the client would read the extra bytes as the next reply
    text = text.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, text.size())));
    left_ -= text.size();
  }
  out.append(text);
}

void H1Writer::end(const Head& trailers, std::string& out) {
  if (framing_ == Framing::length && left_ > 0) must_close_ = true;
  if (framing_ != Framing::chunked) return;
  out.append("0\r\n");
  for (const Field field : trailers) {
    if (may_be_trailer(field.name)) append_field(field.name, field.value, out);
  }
  out.append("\r\n");
}

}  // namespace zeroway
