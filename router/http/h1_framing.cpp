#include "router/http/h1_framing.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <string>

#include "proto/escapes.h"
#include "router/http/utf8.h"

namespace zeroway::h1 {
namespace {

Error bad(std::string detail) { return Error{Fault::client, Code::bad_request, false, std::move(detail)}; }

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

template <class Is>
constexpr std::array<bool, 256> table(Is is) {
  std::array<bool, 256> result{};
  for (int i = 0; i < 256; ++i) result[static_cast<std::size_t>(i)] = is(static_cast<char>(i));
  return result;
}
constexpr bool is_in(const std::array<bool, 256>& set, char c) { return set[static_cast<unsigned char>(c)]; }

constexpr auto kToken = table([](char c) {
  return is_digit(c) || is_alpha(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
});
// Browsers and scripts send raw bytes over 0x7f; read_target() checks that they are UTF-8. '#' is never allowed in a
// request, and fools checks of the path.
constexpr auto kTarget = table([](char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte != 0x7f && c != '#';
});
// unreserved and sub-delims, RFC 3986 §2.2 and §2.3; is_reg_name() checks '%' itself.
constexpr auto kRegName = table([](char c) {
  return is_digit(c) || is_alpha(c) || std::string_view("-._~!$&'()*+,;=").find(c) != std::string_view::npos;
});

template <class Is>
bool all(std::string_view text, Is is) {
  return std::all_of(text.begin(), text.end(), is);
}

bool is_reg_name(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_in(kRegName, text[i])) continue;
    if (escaped_byte(text.substr(i)) < 0) return false;
    i += 2;
  }
  return true;
}

// The text between '[' and ']'. Zones are refused (they have a meaning on one machine only), and IPvFuture (no such
// version exists).
bool is_ip_literal(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> zero_ended{};
  if (text.size() >= zero_ended.size() || text.find('\0') != std::string_view::npos) return false;
  std::copy(text.begin(), text.end(), zero_ended.begin());
  in6_addr address;
  return ::inet_pton(AF_INET6, zero_ended.data(), &address) == 1;
}

bool is_port(std::string_view text) {
  if (!all(text, is_digit)) return false;
  unsigned value = 0;
  for (char c : text) {
    value = value * 10 + static_cast<unsigned>(c - '0');
    if (value > 65'535) return false;
  }
  return true;
}

bool take_scheme(std::string_view& target) {
  for (std::string_view scheme : {"http://", "https://"}) {
    if (target.size() < scheme.size() || !is_same_word(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    return true;
  }
  return false;
}

Result<Target> read_absolute(std::string_view method, std::string_view target) {
  if (!take_scheme(target)) return bad("a target that is neither a path nor an http URI");
  const auto end = std::min(target.find_first_of("/?"), target.size());
  Target result{true, target.substr(0, end), false, target.substr(end)};
  if (result.authority.empty() || result.authority.front() == ':' || !is_host(result.authority)) {
    return bad("the target's authority is no host");
  }
  if (!result.path.empty()) {
    result.wants_slash = result.path.front() == '?';
    return result;
  }
  result.path = method == "OPTIONS" ? "*" : "/";  // RFC 9112 §3.2.4
  return result;
}

}  // namespace

bool is_token_char(char c) { return is_in(kToken, c); }

Result<RequestLine> read_request_line(std::string_view line) {
  std::size_t at = 0;
  while (at < line.size() && is_in(kToken, line[at])) ++at;
  if (at == 0 || at == line.size() || line[at] != ' ') return bad("no method and space at the start of a request line");
  RequestLine result{line.substr(0, at), {}, Version::http11};
  const std::size_t begin = ++at;
  while (at < line.size() && is_in(kTarget, line[at])) ++at;
  if (at == begin || at == line.size() || line[at] != ' ') return bad("no target and space in a request line");
  result.target = line.substr(begin, at - begin);

  const auto version = line.substr(at + 1);
  if (version == "HTTP/1.1") return result;
  if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5]) || version[6] != '.' ||
      !is_digit(version[7])) {
    return bad("no HTTP version at the end of a request line");
  }
  if (version[5] != '1') {
    return Error{Fault::client, Code::version_not_supported, false, "version " + std::string(version)};
  }
  if (version[7] == '0') result.version = Version::http10;
  return result;
}

Result<Target> read_target(std::string_view method, std::string_view target) {
  // An overlong '/' (0xc0 0xaf) is a slash for a worker that decodes loosely, but not for a rule that compares bytes.
  if (!is_utf8(as_bytes(target))) return bad("a target that is not valid UTF-8");
  if (method == "CONNECT") {
    if (target.find(':') == std::string_view::npos || !is_host(target)) return bad("a CONNECT without host and port");
    return Error{Fault::client, Code::not_implemented, false, "CONNECT"};
  }
  if (target.front() == '/') return Target{false, {}, false, target};
  if (target == "*") {
    if (method != "OPTIONS") return bad("target * with another method than OPTIONS");
    return Target{false, {}, false, target};
  }
  return read_absolute(method, target);
}

bool is_host(std::string_view text) {
  if (text.empty()) return false;
  std::size_t end = 0;
  if (text.starts_with('[')) {
    end = text.find(']');
    if (end == std::string_view::npos || !is_ip_literal(text.substr(1, end - 1))) return false;
    ++end;
  } else {
    end = std::min(text.find(':'), text.size());
    if (!is_reg_name(text.substr(0, end))) return false;
  }
  if (end == text.size()) return true;
  return end > 0 && text[end] == ':' && is_port(text.substr(end + 1));  // end > 0: no host, RFC 9110 §4.2.1
}

Result<std::uint64_t> read_content_length(std::string_view value) {
  if (value.empty() || !all(value, is_digit)) return bad("a Content-Length that is not a number");
  std::uint64_t result = 0;
  for (char c : value) {
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (result > (UINT64_MAX - digit) / 10) return bad("a Content-Length over 64 bits");
    result = result * 10 + digit;
  }
  return result;
}

std::string_view without_leading_zeros(std::string_view digits) {
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  return digits;
}

Result<Body> decide_body(const BodyFields& fields, Version version) {
  if (fields.content_lengths > 1) return bad("Content-Length " + std::to_string(fields.content_lengths) + " times");
  if (fields.transfer_encodings == 0) {
    if (fields.content_length == 0) return Body{};
    return Body{BodyKind::length, fields.content_length};
  }
  if (version == Version::http10) return bad("Transfer-Encoding in HTTP/1.0");
  if (fields.content_lengths > 0) return bad("Content-Length and Transfer-Encoding");
  if (fields.transfer_encodings > 1) return bad("Transfer-Encoding more than once");
  const auto codings = fields.transfer_encoding;
  const auto comma = codings.rfind(',');
  const auto last = trimmed(comma == std::string_view::npos ? codings : codings.substr(comma + 1));
  if (!is_same_word(last, "chunked")) return bad("a Transfer-Encoding that does not end in chunked");
  if (comma == std::string_view::npos) return Body{BodyKind::chunked, 0};

  std::uint32_t times_chunked = 0;
  bool has_empty_element = false;
  for_each_in_list(codings, [&](std::string_view coding) {
    times_chunked += is_same_word(coding, "chunked") ? 1 : 0;
    has_empty_element |= coding.empty();
  });
  if (times_chunked > 1) return bad("a Transfer-Encoding with chunked twice");
  // RFC 9110 §5.6.1 allows an empty element. Only an attacker who hopes that two parsers differ sends one.
  if (has_empty_element) return bad("a Transfer-Encoding with an empty element");
  return Error{Fault::client, Code::not_implemented, false, "a transfer coding before chunked"};
}

namespace {

// chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )
class ExtensionReader {
 public:
  explicit ExtensionReader(std::string_view text) : rest_(text) {}
  bool is_good() {
    while (!rest_.empty()) {
      if (!skip_to(';') || !token()) return false;
      if (const auto before = rest_; skip_to('=')) {
        if (!(quoted() || token())) return false;
      } else {
        rest_ = before;
      }
    }
    return true;
  }

 private:
  void skip_space() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) rest_.remove_prefix(1);
  }
  bool skip_to(char c) {
    skip_space();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    skip_space();
    return true;
  }
  bool token() {
    std::size_t size = 0;
    while (size < rest_.size() && is_token_char(rest_[size])) ++size;
    rest_.remove_prefix(size);
    return size > 0;
  }
  bool quoted() {
    if (rest_.empty() || rest_.front() != '"') return false;
    bool is_escaped = false;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      const auto byte = static_cast<unsigned char>(rest_[i]);
      if ((byte < 0x20 && byte != '\t') || byte == 0x7f) return false;
      if (byte == '"' && !is_escaped) {
        rest_.remove_prefix(i + 1);
        return true;
      }
      is_escaped = byte == '\\' && !is_escaped;
    }
    return false;
  }

  std::string_view rest_;
};

}  // namespace

Result<ChunkLine> read_chunk_line(std::string_view line) {
  ChunkLine result;
  std::size_t at = 0;
  for (; at < line.size(); ++at) {
    const int digit = hex_digit(line[at]);
    if (digit < 0) break;
    if (result.size > UINT64_MAX >> 4) return bad("a chunk size over 64 bits");
    result.size = result.size << 4 | static_cast<std::uint64_t>(digit);
  }
  if (at == 0) return bad("a chunk size that is not a hexadecimal number");
  result.extension_size = line.size() - at;
  if (!ExtensionReader(line.substr(at)).is_good()) return bad("a malformed chunk extension");
  return result;
}

}  // namespace zeroway::h1
