#include "router/http/h1_request_parser.h"

#include <algorithm>
#include <array>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>
#include <string>

#include "proto/ascii.h"
#include "router/http/limits.h"

namespace zeroway {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

Error bad(std::string detail) { return Error{Fault::client, Code::bad_request, false, std::move(detail)}; }

void add_lower_case(Head& head, std::string_view name, std::string_view value) {
  std::array<char, 64> buffer;  // longer names are rare enough to allocate for
  if (name.size() > buffer.size()) {
    std::string long_name(name);
    std::transform(name.begin(), name.end(), long_name.begin(), to_lower);
    head.add(long_name, value);
    return;
  }
  std::transform(name.begin(), name.end(), buffer.begin(), to_lower);
  head.add({buffer.data(), name.size()}, value);
}

// Beast's parser, fed a request line of its own and then the field lines of one section.
class FieldLines : public http::basic_parser<true> {
 public:
  Result<> read(std::string_view lines) {
    static constexpr std::string_view kRequestLine = "GET / HTTP/1.1\r\n";
    header_limit(UINT32_MAX);  // H1HeadScan has checked the size
    skip(true);
    beast::error_code error;
    put(boost::asio::const_buffer(kRequestLine.data(), kRequestLine.size()), error);
    error = {};
    put(boost::asio::const_buffer(lines.data(), lines.size()), error);
    if (failure_) return *std::move(failure_);
    if (error) return bad("field lines refused: " + error.message());
    return {};
  }

 protected:
  virtual Result<> field(http::field known, std::string_view name, std::string_view value) = 0;

 private:
  void on_field_impl(http::field known, beast::string_view name, beast::string_view value,
                     beast::error_code& error) final {
    auto good = field(known, view(name), view(value));
    if (good) return;
    failure_ = std::move(good).error();
    error = http::error::bad_field;
  }
  void on_request_impl(http::verb, beast::string_view, beast::string_view, int, beast::error_code&) final {}
  void on_response_impl(int, beast::string_view, int, beast::error_code&) final {}
  void on_header_impl(beast::error_code&) final {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, beast::error_code&) final {}
  std::size_t on_body_impl(beast::string_view body, beast::error_code&) final { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code&) final {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, beast::error_code&) final {
    return body.size();
  }
  void on_finish_impl(beast::error_code&) final {}

  std::optional<Error> failure_;
};

class RequestFields final : public FieldLines {
 public:
  RequestFields(Head& head, h1::Version version) : head_(head), version_(version) {}

  [[nodiscard]] Result<std::string_view> host() const {
    if (hosts_ > 1) return bad("Host " + std::to_string(hosts_) + " times");
    if (hosts_ == 0 && version_ == h1::Version::http11) return bad("no Host");
    if (hosts_ > 0 && !h1::is_host(host_)) return bad(host_.empty() ? "an empty Host" : "a Host that is no host");
    return host_;
  }
  [[nodiscard]] const h1::BodyFields& body() const { return body_; }
  [[nodiscard]] bool is_persistent() const {
    return version_ == h1::Version::http11 ? !wants_close_ : wants_keep_alive_ && !wants_close_;
  }
  [[nodiscard]] bool expects_continue() const { return expects_continue_; }
  [[nodiscard]] bool expects_other() const { return expects_other_; }
  [[nodiscard]] bool wants_web_socket() const {
    return offers_web_socket_ && wants_upgrade_ && version_ == h1::Version::http11;
  }

  // Removes the fields that Connection has listed. They may stand anywhere in the head, so this is done at the end of
  // the head. Rare.
  void remove_listed() {
    if (!lists_others_) return;
    std::string options;
    for (const Field field : head_) {
      if (field.name == "connection") options.append(field.value) += ',';
    }
    std::transform(options.begin(), options.end(), options.begin(), to_lower);
    h1::for_each_in_list(options, [&](std::string_view option) {
      if (!is_own(option) && !option.empty()) head_.remove(option);
    });
    head_.remove("connection");
  }

 private:
  Result<> field(http::field known, std::string_view name, std::string_view value) override {
    switch (known) {
      case http::field::host:
        ++hosts_;
        host_ = value;
        return {};
      case http::field::content_length:
        return content_length(value);
      case http::field::transfer_encoding:
        ++body_.transfer_encodings;
        body_.transfer_encoding = value;
        return {};
      case http::field::connection:
        return connection(value);
      case http::field::te:
        te(value);
        return {};
      case http::field::expect:
        expect(value);
        return {};
      case http::field::upgrade:
        h1::for_each_in_list(value,
                             [&](std::string_view one) { offers_web_socket_ |= is_same_word(one, "websocket"); });
        return {};
      case http::field::keep_alive:
      case http::field::proxy_connection:
      case http::field::http2_settings:
        return {};
      default:
        add_lower_case(head_, name, value);
        return {};
    }
  }

  Result<> content_length(std::string_view value) {
    auto length = h1::read_content_length(value);
    if (!length) return std::move(length).error();
    ++body_.content_lengths;
    body_.content_length = *length;
    head_.add("content-length", h1::without_leading_zeros(value));
    return {};
  }

  Result<> connection(std::string_view value) {
    bool lists_others = false;
    h1::for_each_in_list(value, [&](std::string_view option) {
      ++connection_options_;
      if (is_same_word(option, "close")) {
        wants_close_ = true;
      } else if (is_same_word(option, "keep-alive")) {
        wants_keep_alive_ = true;
      } else if (is_same_word(option, "upgrade")) {
        wants_upgrade_ = true;
      } else {
        lists_others = true;
      }
    });
    if (connection_options_ > kMaxConnectionOptions) {
      return bad("more than " + std::to_string(kMaxConnectionOptions) + " options in Connection");
    }
    if (!lists_others) return {};
    lists_others_ = true;
    head_.add("connection", value);
    return {};
  }

  void te(std::string_view value) {
    bool has_trailers = false;
    h1::for_each_in_list(value, [&](std::string_view coding) { has_trailers |= is_same_word(coding, "trailers"); });
    if (has_trailers && !head_.has("te")) head_.add("te", "trailers");
  }

  void expect(std::string_view value) {
    if (version_ == h1::Version::http10) return;  // RFC 9110 §10.1.1
    if (!is_same_word(value, "100-continue")) {
      expects_other_ = true;
    } else if (!expects_continue_) {
      expects_continue_ = true;
      head_.add("expect", "100-continue");
    }
  }

  // Options that name fields which this parser handles itself: Connection cannot remove a message's framing by naming
  // it.
  static bool is_own(std::string_view option) {
    return option == "close" || option == "keep-alive" || option == "te" || option == "host" ||
           option == "content-length";
  }

  Head& head_;
  h1::Version version_;
  h1::BodyFields body_;
  std::string_view host_;
  std::uint32_t hosts_ = 0;
  std::size_t connection_options_ = 0;
  bool wants_close_ = false;
  bool wants_keep_alive_ = false;
  bool wants_upgrade_ = false;
  bool offers_web_socket_ = false;
  bool lists_others_ = false;
  bool expects_continue_ = false;
  bool expects_other_ = false;
};

class TrailerFields final : public FieldLines {
 public:
  explicit TrailerFields(Head& trailers) : trailers_(trailers) {}

 private:
  Result<> field(http::field known, std::string_view name, std::string_view value) override {
    switch (known) {
      case http::field::connection:
      case http::field::content_length:
      case http::field::host:
      case http::field::http2_settings:
      case http::field::keep_alive:
      case http::field::proxy_connection:
      case http::field::te:
      case http::field::trailer:
      case http::field::transfer_encoding:
      case http::field::upgrade:
        return {};
      default:
        add_lower_case(trailers_, name, value);
        return {};
    }
  }

  Head& trailers_;
};

void add_pseudo_fields(Head& head, const h1::RequestLine& line, std::string_view scheme, const h1::Target& target) {
  head.add(":method", line.method);
  head.add(":scheme", scheme);
  head.add(":authority", target.authority);  // empty for now when Host, in the field lines, has the authority
  if (!target.wants_slash) {
    head.add(":path", target.path);
    return;
  }
  head.add(":path", "/" + std::string(target.path));
}

void set_authority(Head& head, const h1::Target& target, std::string_view host) {
  if (target.has_authority) return;
  if (host.empty()) {
    head.remove(":authority");
  } else {
    head.set(":authority", host);
  }
}

}  // namespace

Result<H1Request> read_request(std::string_view text, std::string_view scheme, Head& head) {
  head.clear();
  const auto line_size = text.find("\r\n");
  auto line = h1::read_request_line(text.substr(0, line_size));
  if (!line) return std::move(line).error();
  auto target = h1::read_target(line->method, line->target);
  if (!target) return std::move(target).error();
  add_pseudo_fields(head, *line, scheme, *target);

  RequestFields fields(head, line->version);
  if (auto good = fields.read(text.substr(line_size + 2)); !good) return std::move(good).error();
  auto host = fields.host();
  if (!host) return std::move(host).error();
  auto body = h1::decide_body(fields.body(), line->version);
  if (!body) return std::move(body).error();
  if (fields.expects_other()) return Error{Fault::client, Code::expectation_failed, false, "an unknown expectation"};
  set_authority(head, *target, *host);
  fields.remove_listed();
  return H1Request{line->version,
                   line->method == "HEAD",
                   fields.is_persistent(),
                   fields.expects_continue() && body->kind != h1::BodyKind::none,
                   fields.wants_web_socket() && line->method == "GET" ? Kind::web_socket : Kind::request,
                   *body};
}

Result<> read_trailers(std::string_view text, Head& trailers) { return TrailerFields(trailers).read(text); }

std::string_view find_accept(std::string_view head) {
  constexpr std::string_view kName = "accept:";
  for (std::size_t end = head.find('\n'); end != std::string_view::npos; end = head.find('\n')) {
    head.remove_prefix(end + 1);
    if (!is_same_word(head.substr(0, kName.size()), kName)) continue;
    return trimmed(head.substr(kName.size(), head.find_first_of("\r\n") - kName.size()));
  }
  return {};
}

}  // namespace zeroway
