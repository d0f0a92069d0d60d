#include "router/http/h2_head_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "proto/ascii.h"
#include "proto/limits.h"
#include "router/http/h1_framing.h"
#include "router/http/limits.h"
#include "router/http/utf8.h"

namespace zeroway {

namespace {

constexpr std::size_t kFieldOverhead = 32;  // RFC 9113 §6.5.2

// As in HTTP/1.1 (RFC 9110 §6.5.1): fields about framing or the connection must not come behind the content.
constexpr std::array<std::string_view, 6> kNoTrailers{"content-length", "host",           "te",
                                                      "trailer",        "http2-settings", "expect"};

Error malformed(std::string detail) { return {Fault::client, Code::bad_request, false, std::move(detail)}; }

}  // namespace

void H2HeadReader::begin(Block block) {
  block_ = block;
  head_.clear();
  host_.clear();
  cookies_.clear();
  refusal_.reset();
  list_size_ = fields_ = 0;
  has_host_ = has_cookie_ = expects_continue_ = false;
}

bool H2HeadReader::field(std::string_view name, std::string_view value) {
  const bool is_crumb = has_cookie_ && name == "cookie";
  if (!is_crumb) ++fields_;
  list_size_ += name.size() + value.size() + kFieldOverhead;
  if (list_size_ > limits_.max_head || fields_ > limits_.max_fields + kPseudoFields) {
    refuse(Code::header_too_large, "a head of over " + std::to_string(limits_.max_head) + " bytes or " +
                                       std::to_string(limits_.max_fields) + " fields");
    // Only the method is still needed: it decides whether the error reply has a body.
    if (name == ":method") head_.add(name, value);
    return list_size_ <= limits_.max_head * kBombFactor;
  }
  if (block_ == Block::trailers) {
    trailer_field(name, value);
  } else if (name.starts_with(':')) {
    pseudo_field(name, value);
  } else {
    request_field(name, value);
  }
  return true;
}

void H2HeadReader::pseudo_field(std::string_view name, std::string_view value) {
  if (name == ":scheme") {
    // The scheme of the connection, whatever the client says: a worker must not see "https" for cleartext.
    head_.add(name, scheme_);
    return;
  }
  if (name == ":path" && value.size() > limits_.max_request_line) {
    refuse(Code::uri_too_long, "a :path of " + std::to_string(value.size()) + " bytes");
  }
  if (name == ":path" && value.find('#') != std::string_view::npos) refuse(Code::bad_request, "a fragment in :path");
  if (name == ":path" && !is_utf8(as_bytes(value))) refuse(Code::bad_request, "a :path that is not valid UTF-8");
  head_.add(name, value);
}

void H2HeadReader::request_field(std::string_view name, std::string_view value) {
  if (name == "host") {
    if (has_host_) refuse(Code::bad_request, "host twice");
    has_host_ = true;
    host_ = value;
    return;
  }
  if (name == "cookie") return cookie(value);
  if (name == "content-length") {
    const auto length = h1::read_content_length(value);
    if (!length) return refuse(Code::bad_request, length.error().detail);
    head_.add(name, h1::without_leading_zeros(value));
    return;
  }
  if (name == "expect") {
    if (!is_same_word(value, "100-continue")) return refuse(Code::expectation_failed, "an unknown expectation");
    if (expects_continue_) return;
    expects_continue_ = true;
    head_.add(name, "100-continue");
    return;
  }
  if (name == "http2-settings") return;
  head_.add(name, value);
}

// RFC 9113 §8.2.3: a client may split the cookie field into crumbs. Outside of HTTP/2 they are one field.
void H2HeadReader::cookie(std::string_view value) {
  if (!std::exchange(has_cookie_, true)) return head_.add("cookie", value);
  if (cookies_.empty()) cookies_ = head_.find("cookie").value_or("");
  cookies_.append("; ").append(value);
}

void H2HeadReader::trailer_field(std::string_view name, std::string_view value) {
  if (std::find(kNoTrailers.begin(), kNoTrailers.end(), name) == kNoTrailers.end()) head_.add(name, value);
}

void H2HeadReader::refuse(Code code, std::string detail) {
  if (!refusal_) refusal_ = Error{Fault::client, code, false, std::move(detail)};
}

// RFC 9113 §8.3.1: :authority counts, and Host may only repeat it.
Result<> H2HeadReader::settle_authority() {
  const auto authority = head_.find(":authority");
  if (authority && has_host_ && !is_same_word(*authority, host_)) return malformed("a host that is not :authority");
  const std::string_view name = authority ? *authority : std::string_view(host_);
  if (!h1::is_host(name)) return malformed("an authority that is no host");
  if (authority || host_.empty()) return {};
  // :authority goes behind :scheme, as in a head from HTTP/1.1. Heads without :authority are rare: the copy may cost.
  Head rebuilt;
  for (const Field field : head_) {
    rebuilt.add(field.name, field.value);
    if (field.name == ":scheme") rebuilt.add(":authority", host_);
  }
  std::swap(head_, rebuilt);
  return {};
}

Result<H2Request> H2HeadReader::finish_request() {
  const std::string_view method = head_.method();
  H2Request request;
  request.expects_continue = expects_continue_;
  if (refusal_) return *refusal_;
  if (method == "CONNECT") {
    const auto protocol = head_.find(":protocol");
    if (!protocol) return Error{Fault::client, Code::not_implemented, false, "CONNECT"};
    if (*protocol != "websocket") {
      return Error{Fault::client, Code::not_implemented, false, "CONNECT with another :protocol than websocket"};
    }
    request.kind = Kind::web_socket;
  }
  if (auto settled = settle_authority(); !settled) return settled.error();
  if (!cookies_.empty()) head_.set("cookie", cookies_);
  return request;
}

// "application/grpc", perhaps with "+proto" or parameters. "application/grpc-web" is another protocol. Each gRPC client
// sends `te: trailers`, since the status of a call is in the trailers.
bool H2HeadReader::is_grpc() const {
  constexpr std::string_view kType = "application/grpc";
  const std::string_view type = head_.find("content-type").value_or("");
  const bool is_of_type = type.starts_with(kType) &&
                          (type.size() == kType.size() || type[kType.size()] == '+' || type[kType.size()] == ';');
  return is_of_type && head_.find("te") == "trailers";
}

Result<> H2HeadReader::finish_trailers() {
  if (refusal_) return *refusal_;
  return {};
}

}  // namespace zeroway
