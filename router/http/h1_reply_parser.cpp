#include "router/http/h1_reply_parser.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "proto/ascii.h"
#include "proto/head_rules.h"
#include "router/http/limits.h"

namespace zeroway {
namespace {

constexpr std::string_view kVersionBegin = "HTTP/1.";
constexpr std::size_t kCodeAt = 9;  // after "HTTP/1.1 "
constexpr std::size_t kCodeEnd = 12;

Error bad(std::string detail) { return Error{Fault::backend, Code::backend_protocol, false, std::move(detail)}; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// status-line = HTTP-version SP status-code SP [ reason-phrase ] (RFC 9112 §4). Many servers leave out the last space
// when they have no phrase.
Result<> read_status_line(std::string_view line, H1Reply& reply) {
  if (!line.starts_with(kVersionBegin)) return bad("a status line without HTTP/1.x");
  if (line.size() < kCodeEnd || !is_digit(line[kVersionBegin.size()]) || line[kCodeAt - 1] != ' ') {
    return bad("a malformed status line");
  }
  const auto code = line.substr(kCodeAt, kCodeEnd - kCodeAt);
  if (!std::all_of(code.begin(), code.end(), is_digit) || code[0] == '0') return bad("a status that is not 100 … 999");
  if (line.size() > kCodeEnd && line[kCodeEnd] != ' ') return bad("a status of more than three digits");
  if (!is_field_value(line.substr(kCodeEnd))) return bad("a control character in a status line");
  reply.status = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
  if (line[kVersionBegin.size()] == '0') reply.version = h1::Version::http10;
  return {};
}

// Fields that say how the message is framed. `Connection` cannot remove them by naming them.
bool is_framing(std::string_view option) {
  return option == "close" || option == "keep-alive" || option == "upgrade" || option == "content-length" ||
         option.starts_with(':');
}

class ReplyFields {
 public:
  explicit ReplyFields(Head& head) : head_(head) {}

  Result<> read(std::string_view lines) {
    for (auto end = lines.find("\r\n"); end != std::string_view::npos && end > 0; end = lines.find("\r\n")) {
      if (auto good = line(lines.substr(0, end)); !good) return good;
      lines.remove_prefix(end + 2);
    }
    remove_listed();
    return {};
  }

  [[nodiscard]] bool has_length() const { return lengths_ > 0; }
  [[nodiscard]] std::uint64_t length() const { return length_; }
  [[nodiscard]] bool has_codings() const { return codings_ > 0; }
  // The only coding that a proxy can take off is chunked, alone (RFC 9112 §6.1: we send no TE that allows others).
  [[nodiscard]] bool is_chunked() const { return codings_ == 1 && is_same_word(coding_, "chunked"); }
  [[nodiscard]] bool wants_web_socket() const { return offers_web_socket_ && lists_upgrade_; }
  [[nodiscard]] bool is_persistent(h1::Version version) const {
    return !lists_close_ && (version == h1::Version::http11 || lists_keep_alive_);
  }

 private:
  // The name is checked before it is put into lower case. A space before the colon makes it no token: RFC 9112 §5.1
  // would have it removed, but another reader may take such a line for a different field.
  Result<> line(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return bad("a field line without a colon");
    const auto name = text.substr(0, colon);
    const auto value = trimmed(text.substr(colon + 1));
    if (!is_token(name)) return bad("a field's name that is no token");
    if (!is_field_value(value)) return bad("a control character in a field's value");
    std::array<char, 64> buffer;  // longer names are rare enough to allocate for
    if (name.size() > buffer.size()) {
      std::string long_name(name);
      std::transform(name.begin(), name.end(), long_name.begin(), to_lower);
      head_.add(long_name, value);
      return {};
    }
    std::transform(name.begin(), name.end(), buffer.begin(), to_lower);
    return field({buffer.data(), name.size()}, value);
  }

  Result<> field(std::string_view name, std::string_view value) {
    if (name == "content-length") return content_length(value);
    if (name == "connection") return connection(value);
    if (name == "transfer-encoding") {
      ++codings_;
      coding_ = value;
    } else if (name == "upgrade") {
      h1::for_each_in_list(value, [&](std::string_view one) { offers_web_socket_ |= is_same_word(one, "websocket"); });
    } else if (name != "te" && !is_connection_specific(name)) {
      head_.add(name, value);
    }
    return {};
  }

  // Two fields are refused even when they agree: the origin is broken or hostile (RFC 9112 §6.3 allows both).
  Result<> content_length(std::string_view value) {
    auto length = h1::read_content_length(value);
    if (!length) return bad("a Content-Length that is not a number");
    if (++lengths_ > 1) return bad("Content-Length twice");
    length_ = *length;
    head_.add("content-length", h1::without_leading_zeros(value));
    return {};
  }

  Result<> connection(std::string_view value) {
    bool lists_others = false;
    h1::for_each_in_list(value, [&](std::string_view option) {
      ++options_;
      lists_close_ |= is_same_word(option, "close");
      lists_keep_alive_ |= is_same_word(option, "keep-alive");
      lists_upgrade_ |= is_same_word(option, "upgrade");
      lists_others |= !option.empty();
    });
    if (options_ > kMaxConnectionOptions) {
      return bad("more than " + std::to_string(kMaxConnectionOptions) + " options in Connection");
    }
    if (lists_others) listed_.append(value) += ',';
    return {};
  }

  // The listed fields may stand anywhere in the head, so this is done at its end.
  void remove_listed() {
    std::transform(listed_.begin(), listed_.end(), listed_.begin(), to_lower);
    h1::for_each_in_list(listed_, [&](std::string_view option) {
      if (!option.empty() && !is_framing(option)) head_.remove(option);
    });
  }

  Head& head_;
  std::string listed_;
  std::string_view coding_;
  std::uint64_t length_ = 0;
  std::uint32_t lengths_ = 0;
  std::uint32_t codings_ = 0;
  std::size_t options_ = 0;
  bool lists_close_ = false;
  bool lists_keep_alive_ = false;
  bool lists_upgrade_ = false;
  bool offers_web_socket_ = false;
};

// Message body length of a reply, RFC 9112 §6.3.
Result<> decide_body(const ReplyFields& fields, AskedBy method, Head& head, H1Reply& reply) {
  using Body = H1Reply::Body;
  const bool has_no_length = reply.status < 200 || reply.status == 204;  // RFC 9110 §8.6
  if (has_no_length) head.remove("content-length");
  if (has_no_length || reply.status == 304 || method == AskedBy::head_method) return {};
  if (fields.has_codings()) {
    if (!fields.is_chunked()) return bad("a Transfer-Encoding that is not exactly chunked");
    if (reply.version == h1::Version::http10) return bad("Transfer-Encoding in HTTP/1.0");
    reply.body = Body::chunked;
    // The paragraph lets chunked win, and says that the message may be an attack: nothing behind it is believed.
    if (fields.has_length()) reply.is_persistent = false;
    head.remove("content-length");
    return {};
  }
  if (fields.has_length()) {
    reply.body = Body::length;
    reply.length = fields.length();
    return {};
  }
  reply.body = Body::until_close;
  reply.is_persistent = false;
  return {};
}

}  // namespace

Result<H1Reply> read_reply(std::string_view text, AskedBy method, Head& head) {
  head.clear();
  H1Reply reply;
  const auto line_size = text.find("\r\n");
  if (auto good = read_status_line(text.substr(0, line_size), reply); !good) return std::move(good).error();
  head.add(":status", text.substr(kCodeAt, kCodeEnd - kCodeAt));
  ReplyFields fields(head);
  if (auto good = fields.read(text.substr(line_size + 2)); !good) return std::move(good).error();
  reply.is_persistent = fields.is_persistent(reply.version);
  reply.becomes_web_socket = reply.status == 101 && fields.wants_web_socket();
  if (auto good = decide_body(fields, method, head, reply); !good) return std::move(good).error();
  return reply;
}

bool may_begin_reply(std::string_view begin) {
  const auto size = std::min(begin.size(), kVersionBegin.size());
  return begin.substr(0, size) == kVersionBegin.substr(0, size);
}

Error as_reply_error(const Error& error) {
  if (error.code == Code::uri_too_long) return bad("a status line that is too long");
  return bad(error.detail);
}

}  // namespace zeroway
