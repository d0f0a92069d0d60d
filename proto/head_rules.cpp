#include "proto/head_rules.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

namespace zeroway {

namespace {

using namespace std::string_view_literals;

constexpr std::array<bool, 256> kTokenBytes = [] {
  std::array<bool, 256> allowed{};
  for (const char c : "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"sv) {
    allowed[static_cast<unsigned char>(c)] = true;
  }
  return allowed;
}();

// A field's name on the fabric is a token in lower case.
constexpr std::array<bool, 256> kNameBytes = [] {
  std::array<bool, 256> allowed = kTokenBytes;
  for (char c = 'A'; c <= 'Z'; ++c) allowed[static_cast<unsigned char>(c)] = false;
  return allowed;
}();

// What is wrong, or nullptr when nothing is.
using Complaint = const char*;

// Lambdas, because an algorithm calls a function through its pointer, for each byte: three times as slow.
constexpr auto is_token_byte = [](char c) { return kTokenBytes[static_cast<unsigned char>(c)]; };
constexpr auto is_name_byte = [](char c) { return kNameBytes[static_cast<unsigned char>(c)]; };
constexpr auto is_control = [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; };

bool is_pseudo(std::string_view name) { return name.starts_with(':'); }

// Whether any of the eight bytes at `at` may be a control character. A tab counts as one.
bool may_hold_control(const char* at) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighs = kOnes * 0x80;
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof(word));
  const std::uint64_t below_space = (word - kOnes * 0x20) & ~word;
  const std::uint64_t deleted = word ^ kOnes * 0x7f;
  return ((below_space | ((deleted - kOnes) & ~deleted)) & kHighs) != 0;
}

bool is_field_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), is_name_byte);
}

Complaint check_field(const Field& field) {
  if (!is_field_name(field.name)) return "is no lower-case token";
  if (!is_field_value(field.value)) return "has a control character in its value";
  if (is_connection_specific(field.name)) return "is connection-specific";
  if (field.name == "te" && field.value != "trailers") return "may only be \"trailers\"";
  return nullptr;
}

// The position of a pseudo-field in `known`, or nothing.
std::optional<std::size_t> position(std::string_view name, std::span<const std::string_view> known) {
  const auto at = std::find(known.begin(), known.end(), name);
  if (at == known.end()) return std::nullopt;
  return static_cast<std::size_t>(at - known.begin());
}

std::string printable(std::string_view text) {
  std::string out(text.substr(0, 64));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c < 0x21 || c > 0x7e; }, '?');
  return out;
}

// Names the field that breaks a rule; nothing when no field does.
std::optional<std::string> check_fields(const Head& head, std::span<const std::string_view> known) {
  unsigned seen = 0;
  bool fields_began = false;
  const auto complain = [](const Field& field, const char* what) {
    return "field " + printable(field.name) + " " + what;
  };
  for (const Field field : head) {
    if (!is_pseudo(field.name)) {
      fields_began = true;
      if (const Complaint complaint = check_field(field)) return complain(field, complaint);
      continue;
    }
    const auto at = position(field.name, known);
    if (!at) return complain(field, "is not known here");
    if (fields_began) return complain(field, "comes after other fields");
    if ((seen & 1U << *at) != 0) return complain(field, "comes twice");
    if (!is_field_value(field.value)) return complain(field, "has a control character in its value");
    seen |= 1U << *at;
  }
  return std::nullopt;
}

bool is_path(std::string_view path, std::string_view method) {
  return path.starts_with('/') || (path == "*" && method == "OPTIONS");
}

// RFC 9113 §8.3.1 and §8.5, RFC 8441 §4.
Complaint check_target(const Head& head) {
  const std::string_view method = head.method();
  const bool is_connect = method == "CONNECT";
  const auto protocol = head.find(":protocol");
  if (!is_token(method)) return ":method is no token";
  if (protocol && !is_connect) return ":protocol without CONNECT";
  if (protocol && !is_token(*protocol)) return ":protocol is no token";
  if (is_connect && head.authority().empty()) return "CONNECT without :authority";
  if (is_connect && !protocol) {
    return head.has(":scheme") || head.has(":path") ? "CONNECT with :scheme or :path" : nullptr;
  }
  if (head.find(":scheme").value_or(""sv).empty()) return ":scheme is absent or empty";
  if (!is_path(head.path(), method)) return ":path is absent or does not start with '/'";
  return nullptr;
}

constexpr std::array kRequestFields{":method"sv, ":scheme"sv, ":authority"sv, ":path"sv, ":protocol"sv};
constexpr std::array kReplyFields{":status"sv};
constexpr std::array kConnectionSpecific{"connection"sv, "keep-alive"sv, "proxy-connection"sv, "transfer-encoding"sv,
                                         "upgrade"sv};

}  // namespace

bool is_token(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_token_byte); }

bool is_field_value(std::string_view text) {
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  if (text.size() < kWord) return std::none_of(text.begin(), text.end(), is_control);
  const auto has_control = [](const char* at) {
    return may_hold_control(at) && std::any_of(at, at + kWord, is_control);
  };
  const char* const last = text.data() + text.size() - kWord;  // may overlap the word before it
  for (const char* at = text.data(); at < last; at += kWord) {
    if (has_control(at)) return false;
  }
  return !has_control(last);
}

bool is_connection_specific(std::string_view lower_case_name) {
  return std::find(kConnectionSpecific.begin(), kConnectionSpecific.end(), lower_case_name) !=
         kConnectionSpecific.end();
}

Result<> check_request_head(const Head& head) {
  if (auto wrong = check_fields(head, kRequestFields)) {
    return Error{Fault::client, Code::bad_request, false, std::move(*wrong)};
  }
  if (const Complaint wrong = check_target(head)) return Error{Fault::client, Code::bad_request, false, wrong};
  return {};
}

Result<> check_reply_head(const Head& head) {
  if (auto wrong = check_fields(head, kReplyFields)) {
    return Error{Fault::backend, Code::backend_protocol, false, std::move(*wrong)};
  }
  if (head.status() == 0 || head.status() == 101) {
    const std::string status = printable(head.find(":status").value_or("absent"sv));
    return Error{Fault::backend, Code::backend_protocol, false, ":status " + status + " is not 100 … 999 without 101"};
  }
  return {};
}

Result<> check_trailers(const Head& head) {
  if (auto wrong = check_fields(head, {})) {
    return Error{Fault::backend, Code::backend_protocol, false, "trailers: " + *wrong};
  }
  return {};
}

}  // namespace zeroway
