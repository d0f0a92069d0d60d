#include "router/trace/request_spans.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "router/trace/span_writer.h"

namespace zeroway {

namespace {

constexpr std::string_view kCancelled = "cancelled";
constexpr int kClientGone = 499;  // a status that nobody was sent

// The conventions' list; others could fill a collector's memory.
bool is_known_method(std::string_view method) {
  constexpr std::array<std::string_view, 9> kMethods{"GET",     "HEAD",    "POST",  "PUT",  "DELETE",
                                                     "CONNECT", "OPTIONS", "TRACE", "PATCH"};
  return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

struct HostPort {
  std::string_view host;
  std::optional<std::uint16_t> port = {};
};

// "a.test", "a.test:80", "[::1]:80", "::1", "unix:/socket".
HostPort split(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const std::size_t bracket = text.rfind(']');
  const bool is_bare_v6 = bracket == std::string_view::npos && text.find(':') != colon;
  const bool has_port =
      colon != std::string_view::npos && !is_bare_v6 && (bracket == std::string_view::npos || bracket < colon);
  std::uint16_t port = 0;
  if (!has_port) return {text};
  const std::string_view digits = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size() || digits.empty()) return {text};
  return {text.substr(0, colon), port};
}

// "HTTP/1.1" → "1.1".
std::string_view version_of(std::string_view protocol) { return protocol.substr(protocol.find('/') + 1); }

// Writes all spans of one request.
class Spans {
 public:
  Spans(std::string& out, const SpansOfRequest& of, SpanIds& ids)
      : out_(out),
        of_(of),
        record_(of.record),
        ids_(ids),
        method_(is_known_method(record_.method) ? record_.method : "HTTP") {}

  std::uint64_t write() {
    request();
    for (std::size_t at = 0; at < of_.attempts.size(); ++at) attempt(of_.attempts[at], at);
    return count_;
  }

 private:
  [[nodiscard]] WallTime on_the_wall(Time time) const {
    return record_.ended - std::chrono::duration_cast<WallTime::duration>(of_.ended - time);
  }

  SpanWriter span(SpanId id, SpanId parent, SpanKind kind, std::string_view name, Time begin, Time end) {
    ++count_;
    if (!out_.empty()) out_.push_back(',');
    return SpanWriter(out_, {of_.trace.trace, id, parent, kind, name, on_the_wall(begin), on_the_wall(end)});
  }

  void method(SpanWriter& span) const {
    const bool is_known = is_known_method(record_.method);
    span.text("http.request.method", is_known ? record_.method : "_OTHER");
    if (!is_known) span.text("http.request.method_original", record_.method);
  }

  static void server(SpanWriter& span, std::string_view text) {
    const HostPort there = split(text);
    span.text("server.address", there.host);
    if (there.port) span.number("server.port", *there.port);
  }

  void request() {
    std::string name(method_);
    if (!record_.route.empty()) name.append(" ").append(record_.route);
    SpanWriter span = this->span(of_.trace.span, of_.trace.caller, SpanKind::server, name, of_.began, of_.ended);
    method(span);
    target(span);
    server(span, record_.host);
    span.text("client.address", record_.address).text("network.peer.address", record_.peer);
    span.text("network.protocol.version", version_of(record_.protocol)).text("user_agent.original", record_.user_agent);
    span.text("http.route", record_.route);
    result(span);
    span.number("http.request.body.size", record_.bytes_in).number("http.response.body.size", record_.bytes_out);
    span.text("zeroway.site", record_.site).text("zeroway.pool", record_.pool);
    span.text("zeroway.request_id", record_.request_id).number("zeroway.attempts", record_.attempts);
    const bool is_broken = !record_.reason.empty() && record_.status < 400;  // the reply had begun
    const bool is_gone = record_.reason == kCancelled;
    span.finish(record_.status >= 500 || (is_broken && !is_gone) ? SpanStatus::error : SpanStatus::unset);
  }

  void target(SpanWriter& span) const {
    const std::size_t mark = std::min(record_.path.find('?'), record_.path.size());
    span.text("url.scheme", record_.scheme).text("url.path", record_.path.substr(0, mark));
    if (of_.tells_query && mark < record_.path.size()) span.text("url.query", record_.path.substr(mark + 1));
  }

  void result(SpanWriter& span) const {
    const bool has_reply = record_.status != 0 && record_.status != kClientGone;
    if (has_reply) span.number("http.response.status_code", static_cast<std::uint64_t>(record_.status));
    if (!record_.reason.empty()) {
      span.text("error.type", record_.reason);
    } else if (record_.status >= 500) {
      span.text("error.type", std::to_string(record_.status));
    }
  }

  void attempt(const AttemptSpan& one, std::size_t at) {
    const Time over = one.over == Time{} ? of_.ended : one.over;
    SpanWriter span = this->span(one.id, of_.trace.span, SpanKind::client, method_, one.opened, over);
    method(span);
    if (!one.member.empty()) server(span, one.member);
    if (at > 0) span.number("http.request.resend_count", at);
    if (one.status != 0) span.number("http.response.status_code", static_cast<std::uint64_t>(one.status));
    const std::string_view failure = one.failure;
    if (!failure.empty()) {
      span.text("error.type", failure);
    } else if (one.status >= 400) {
      span.text("error.type", std::to_string(one.status));
    }
    const bool has_failed = !failure.empty() && failure != kCancelled;  // a client that went away blames nobody
    span.finish(one.status >= 400 || has_failed ? SpanStatus::error : SpanStatus::unset);
    const bool is_accepted = one.accepted != Time{};
    part("queue", one.id, one.opened, is_accepted ? one.accepted : over);
    if (is_accepted) part("backend", one.id, one.accepted, over);
  }

  void part(std::string_view name, SpanId parent, Time begin, Time end) {
    span(ids_.new_span(), parent, SpanKind::internal, name, begin, end).finish(SpanStatus::unset);
  }

  std::string& out_;
  const SpansOfRequest& of_;
  const RequestRecord& record_;
  SpanIds& ids_;
  const std::string_view method_;
  std::uint64_t count_ = 0;
};

}  // namespace

std::uint64_t append_spans(std::string& out, const SpansOfRequest& of, SpanIds& ids) {
  return Spans(out, of, ids).write();
}

}  // namespace zeroway
