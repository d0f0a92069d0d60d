#include "router/exchange/error_reply.h"

#include <array>
#include <charconv>

namespace zeroway {

namespace {

struct Reply {
  Code code;
  int status;
  std::string_view name;
  std::string_view text;
};

// In the order of Code, so that a code is its index.
constexpr std::array kReplies{
    Reply{Code::bad_request, 400, "bad_request",
          "400 Bad Request\nThe request breaks the rules of HTTP. The router's log says which one, with -v.\n"},
    Reply{Code::forbidden, 403, "forbidden",
          "403 Forbidden\nA page of this origin may not open WebSockets here (--ws-origins).\n"},
    Reply{Code::request_timeout, 408, "request_timeout",
          "408 Request Timeout\nThe request came too slowly (--head-timeout, --body-timeout, --body-rate). Send it "
          "again.\n"},
    Reply{Code::content_too_large, 413, "content_too_large",
          "413 Content Too Large\nThe request's body is larger than this server takes (--max-body).\n"},
    Reply{Code::uri_too_long, 414, "uri_too_long",
          "414 URI Too Long\nThe request's target is longer than this server takes (--max-request-line).\n"},
    Reply{Code::expectation_failed, 417, "expectation_failed",
          "417 Expectation Failed\nOnly 100-continue may be expected.\n"},
    Reply{Code::upgrade_required, 426, "upgrade_required",
          "426 Upgrade Required\nOnly version 13 of WebSocket is spoken here.\n"},
    Reply{Code::header_too_large, 431, "header_too_large",
          "431 Request Header Fields Too Large\nSend fewer or shorter header fields, or drop cookies (--max-head, "
          "--max-fields).\n"},
    Reply{Code::not_implemented, 501, "not_implemented",
          "501 Not Implemented\nThis server does not do this method or transfer coding.\n"},
    Reply{Code::version_not_supported, 505, "version_not_supported",
          "505 HTTP Version Not Supported\nUse HTTP/1.1 or HTTP/2.\n"},
    Reply{Code::cancelled, 499, "cancelled", ""},
    Reply{Code::worker_lost, 502, "worker_lost",
          "502 Bad Gateway\nThe worker that had this request went away before it answered. It may have begun to act on "
          "it, so it was not given to another one. Send it again if doing it twice does no harm.\n"},
    Reply{Code::worker_reset, 502, "worker_reset",
          "502 Bad Gateway\nThe worker gave this request up. Its log says why.\n"},
    Reply{Code::worker_protocol, 502, "worker_protocol",
          "502 Bad Gateway\nWhat the worker sent is no valid answer. The router's log says what is wrong with it.\n"},
    Reply{Code::worker_refused, 503, "worker_refused",
          "503 Service Unavailable\nAll workers are busy. Try again in a moment; start more workers if this lasts.\n"},
    Reply{Code::worker_timeout, 504, "worker_timeout",
          "504 Gateway Timeout\nThe worker took too long to answer (--reply-timeout). It may still act on the "
          "request.\n"},
    Reply{Code::no_worker, 503, "no_worker",
          "503 Service Unavailable\nNo worker was there to take this request (--queue-timeout). Start one, or try "
          "again in a moment.\n"},
    Reply{Code::queue_full, 503, "queue_full",
          "503 Service Unavailable\nToo many requests are waiting for a worker (--queue-limit). Try again in a moment; "
          "start more workers if this lasts.\n"},
    Reply{Code::internal, 500, "internal", "500 Internal Server Error\nThe router failed. Its log says why.\n"},
    Reply{Code::frame_error, 502, "frame_error",
          "502 Bad Gateway\nWhat the worker sent is no valid answer. The router's log says what is wrong with it.\n"},
};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < kReplies.size(); ++i) {
    if (static_cast<std::size_t>(kReplies[i].code) != i) return false;
  }
  return true;
}
static_assert(is_in_order() && kReplies.size() == static_cast<std::size_t>(Code::frame_error) + 1);

constexpr std::string_view kRetryAfter = "1";  // seconds: a worker that starts is known within one

const Reply& reply_of(Code code) { return kReplies[static_cast<std::size_t>(code)]; }

std::string_view write_number(std::size_t number, std::array<char, 24>& text) {
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return {text.data(), static_cast<std::size_t>(end - text.data())};
}

}  // namespace

int error_status(Code code) { return reply_of(code).status; }

std::string_view error_name(Code code) { return reply_of(code).name; }

std::size_t error_reply_size(Code code) { return reply_of(code).text.size(); }

std::string_view write_error_reply(Code code, std::string_view date, Head& head) {
  const Reply& reply = reply_of(code);
  std::array<char, 24> number;
  head.clear();
  head.add(":status", reply.text.substr(0, 3));
  if (!date.empty()) head.add("date", date);
  head.add("content-type", "text/plain; charset=utf-8");
  head.add("content-length", write_number(reply.text.size(), number));
  head.add("cache-control", "no-store");
  if (reply.status == 503) head.add("retry-after", kRetryAfter);
  if (code == Code::upgrade_required) head.add("sec-websocket-version", "13");  // RFC 6455 §4.2.2
  return reply.text;
}

}  // namespace zeroway
