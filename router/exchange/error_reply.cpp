#include "router/exchange/error_reply.h"

#include <array>

namespace zeroway {

namespace {

struct Reply {
  Code code;
  int status;
  std::string_view name;
  std::string_view title;  // the status's own phrase (RFC 9110 §15)
  std::string_view text;   // for the client: plain text, used in HTML and in JSON
  std::string_view hint;   // for the operator
};

constexpr std::string_view kBadGateway = "Bad Gateway", kUnavailable = "Service Unavailable";
constexpr std::string_view kNoValidAnswer = "The service gave no valid answer.";
constexpr std::string_view kBusy = "The service is busy. Try again in a moment.";

// In the order of Code, so that a code is its index.
constexpr std::array kReplies{
    Reply{Code::bad_request, 400, "bad_request", "Bad Request", "The request breaks the rules of HTTP.", ""},
    Reply{Code::no_route, 404, "no_route", "Not Found", "Nothing is served at this address.",
          "a worker with --route / serves every path"},
    Reply{Code::no_web_socket, 400, "no_web_socket", "Bad Request", "No WebSocket is served at this address.",
          "websocket = true in the route"},
    Reply{Code::forbidden, 403, "forbidden", "Forbidden", "Pages of this origin may not open WebSockets here.",
          "--ws-origins"},
    Reply{Code::unauthorized, 401, "unauthorized", "Unauthorized", "Log in to use this address.", ""},
    Reply{Code::denied, 403, "denied", "Forbidden", "You may not use this address.", ""},
    Reply{Code::too_many_requests, 429, "too_many_requests", "Too Many Requests",
          "Too many requests came from you. Wait a little, then send it again.", ""},
    Reply{Code::method_not_allowed, 405, "method_not_allowed", "Method Not Allowed",
          "This address does not answer this method.", ""},
    Reply{Code::request_timeout, 408, "request_timeout", "Request Timeout",
          "The request came too slowly. Send it again.", "--head-timeout, --body-timeout, --body-rate"},
    Reply{Code::content_too_large, 413, "content_too_large", "Content Too Large",
          "The content of the request is too large.", "--max-body"},
    Reply{Code::uri_too_long, 414, "uri_too_long", "URI Too Long", "The address of the request is too long.",
          "--max-request-line"},
    Reply{Code::expectation_failed, 417, "expectation_failed", "Expectation Failed",
          "Only 100-continue may be expected.", ""},
    Reply{Code::misdirected, 421, "misdirected", "Misdirected Request", "This host is not served on this connection.",
          ""},
    Reply{Code::upgrade_required, 426, "upgrade_required", "Upgrade Required",
          "Only version 13 of WebSocket is spoken here.", ""},
    Reply{Code::header_too_large, 431, "header_too_large", "Request Header Fields Too Large",
          "The header of the request is too large: send fewer or shorter fields, or delete cookies.",
          "--max-head, --max-fields"},
    Reply{Code::not_implemented, 501, "not_implemented", "Not Implemented",
          "This method or transfer coding is not supported.", ""},
    Reply{Code::version_not_supported, 505, "version_not_supported", "HTTP Version Not Supported",
          "Use HTTP/1.1 or HTTP/2.", ""},
    Reply{Code::tunnel_silent, 408, "tunnel_silent", "Request Timeout", "The connection was silent for too long.",
          "idle_timeout, half_closed_timeout"},
    Reply{Code::cancelled, 499, "cancelled", "", "", ""},
    Reply{Code::backend_lost, 502, "backend_lost", kBadGateway,
          "The service went away before it answered. It may have begun to act on the request: send it again if doing "
          "it twice does no harm.",
          ""},
    Reply{Code::backend_reset, 502, "backend_reset", kBadGateway,
          "The service has ended the request without an answer.", "the worker's log says why"},
    Reply{Code::backend_protocol, 502, "backend_protocol", kBadGateway, kNoValidAnswer, ""},
    Reply{Code::backend_refused, 503, "backend_refused", kUnavailable, kBusy, "start more workers if this lasts"},
    Reply{Code::backend_timeout, 504, "backend_timeout", "Gateway Timeout",
          "The service took too long to answer. It may still act on the request.", "--reply-timeout"},
    Reply{Code::no_backend, 503, "no_backend", kUnavailable, "The service is not available now. Try again in a moment.",
          "start a worker; requests wait --queue-timeout for one"},
    Reply{Code::backends_busy, 503, "backends_busy", kUnavailable, kBusy,
          "start more workers or raise their --capacity; requests wait for room as long as --queue-timeout says"},
    Reply{Code::queue_full, 503, "queue_full", kUnavailable, kBusy, "--queue-limit; start more workers if this lasts"},
    Reply{Code::too_many_open, 503, "too_many_open", kUnavailable, kBusy, "max_open_requests of the site"},
    Reply{Code::login_busy, 503, "login_busy", kUnavailable, kBusy, ""},
    Reply{Code::login_lost, 502, "login_lost", kBadGateway, "Your login cannot be checked now. Try again in a moment.",
          ""},
    Reply{Code::login_timeout, 504, "login_timeout", "Gateway Timeout",
          "The check of your login took too long. Try again in a moment.", ""},
    Reply{Code::closed, 503, "closed", kUnavailable,
          "The request was ended by the operator of the service. Try again in a moment.", ""},
    Reply{Code::internal, 500, "internal", "Internal Server Error", "Something went wrong here.", ""},
    Reply{Code::frame_error, 502, "frame_error", kBadGateway, kNoValidAnswer, ""},
};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < kReplies.size(); ++i) {
    if (static_cast<std::size_t>(kReplies[i].code) != i) return false;
  }
  return true;
}
static_assert(is_in_order() && kReplies.size() == kCodes);

constexpr std::string_view kRetryAfter = "1";  // seconds: the router knows a starting worker within one second

const Reply& reply_of(Code code) { return kReplies[static_cast<std::size_t>(code)]; }

std::string html_page(const Reply& reply) {
  const std::string title = std::to_string(reply.status) + ' ' + std::string(reply.title);
  std::string page = "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>";
  page.append(title).append("</title></head>\n<body>\n<h1>").append(title).append("</h1>\n<p>");
  page.append(reply.text).append("</p>\n</body>\n</html>\n");
  return page;
}

std::string problem_page(const Reply& reply) {
  std::string page = R"({"type":"about:blank","title":")";
  page.append(reply.title).append(R"(","status":)").append(std::to_string(reply.status));
  page.append(R"(,"detail":")").append(reply.text).append("\"}\n");
  return page;
}

std::string page_of(const Reply& reply, ErrorFormat format) {
  if (reply.text.empty()) return {};  // no client is there to read a page
  return format == ErrorFormat::html ? html_page(reply) : problem_page(reply);
}

std::string_view content_type(ErrorFormat format) {
  return format == ErrorFormat::html ? "text/html; charset=utf-8" : "application/problem+json";
}

}  // namespace

int error_status(Code code) { return reply_of(code).status; }

std::string_view error_name(Code code) { return reply_of(code).name; }

std::string_view error_hint(Code code) { return reply_of(code).hint; }

std::string write_error_reply(Code code, ErrorFormat format, std::string_view date, Head& head) {
  const Reply& reply = reply_of(code);
  std::string page = page_of(reply, format);
  head.clear();
  head.add(":status", std::to_string(reply.status));
  if (!date.empty()) head.add("date", date);
  head.add("content-type", content_type(format));
  head.add("content-length", std::to_string(page.size()));
  head.add("cache-control", "no-store");
  if (reply.status == 503) head.add("retry-after", kRetryAfter);
  if (code == Code::upgrade_required) head.add("sec-websocket-version", "13");  // RFC 6455 §4.2.2
  return page;
}

}  // namespace zeroway
