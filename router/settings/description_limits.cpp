#include <limits>

#include "router/settings/checks.h"
#include "router/settings/description.h"
#include "router/settings/option_groups.h"

namespace zeroway {

namespace {

constexpr std::uint64_t kAnySize = std::numeric_limits<std::int64_t>::max();
constexpr Millis kShortest{1};

WebSocketDeflate& deflate_of(WebSocketSettings& sockets) {
  return sockets.deflate ? *sockets.deflate : sockets.deflate.emplace();
}

Fit read_deflate_enabled(WebSocketSettings& sockets, const Value& value) {
  const auto flag = take_flag(value);
  if (!flag.value) return flag.fit;
  if (*flag.value) {
    deflate_of(sockets);
  } else {
    sockets.deflate.reset();
  }
  return Fit::yes;
}

Fit read_asked_window(WebSocketSettings& sockets, const Value& value) {
  const auto bits = take_number(value);
  if (!bits.value) return bits.fit;
  if (*bits.value > 15 || (*bits.value != 0 && *bits.value < 9)) return Fit::no;
  deflate_of(sockets).request_max_window_bits = static_cast<std::uint32_t>(*bits.value);
  return Fit::yes;
}

// `enabled` is the last one: it takes away what the others have set.
void describe_deflate(Keys<WebSocketSettings>& keys) {
  using S = WebSocketSettings;
  keys.flag(
          "request_no_context_takeover", [](S& s) -> bool& { return deflate_of(s).request_no_context_takeover; },
          "Ask clients to compress each message by itself")
      .other("request_max_window_bits", "N", "0, or a number from 9 to 15", "0", "",
             "Ask clients for a smaller window; 0 = do not ask", read_asked_window)
      .flag(
          "no_context_takeover", [](S& s) -> bool& { return deflate_of(s).no_context_takeover; },
          "Compress each message by itself")
      .number(
          "max_window_bits", [](S& s) -> std::uint32_t& { return deflate_of(s).max_window_bits; }, 9, 15,
          "Window of messages to clients")
      .number(
          "memory_level", [](S& s) -> std::uint32_t& { return deflate_of(s).memory_level; }, 1, 9,
          "Memory that zlib takes")
      .other("enabled", "true|false", "true or false", "true", "", "Messages may be compressed", read_deflate_enabled)
      .flag_option(kWebSockets, "--ws-no-deflate", false, "No compression of messages");
}

}  // namespace

void describe_limits(Keys<HttpLimits>& keys) {
  keys.size("max_head", &HttpLimits::max_head, 1'024, 65'536, "Largest request head: 431")
      .option(kClients, "--max-head")
      .size("max_request_line", &HttpLimits::max_request_line, 64, 65'536, "Longest request line: 414")
      .option(kClients, "--max-request-line")
      .number("max_fields", &HttpLimits::max_fields, 1, 10'000, "Most fields in a head: 431")
      .option(kClients, "--max-fields")
      .size("max_body", &HttpLimits::max_body, 0, kAnySize, "Largest request body, 0 = any: 413")
      .option(kClients, "--max-body")
      .time("head_timeout", &HttpLimits::head_timeout, kShortest, Zero::refused,
            "Longest time for a request's head to arrive; else 408")
      .option(kTimes, "--head-timeout")
      .time("body_timeout", &HttpLimits::body_timeout, kShortest, Zero::refused,
            "Longest time between two pieces of a request's body; else 408")
      .option(kTimes, "--body-timeout")
      .size(
          "body_rate", &HttpLimits::body_rate, 0, 1 << 30,
          "Least bytes a second of a body that the router waits for, measured over the body timeout; else 408; 0 = any "
          "rate; does not hold for 16 gRPC calls of a connection")
      .option(kTimes, "--body-rate")
      .time("half_close_timeout", &HttpLimits::half_close_timeout, Millis(0), Zero::is_off,
            "Longest time for a reply to begin after the client has closed its side (FIN); else its backend is told to "
            "cancel; 0 = cancel at once, also a reply that has begun")
      .option(kTimes, "--half-close-timeout")
      .time("idle_timeout", &HttpLimits::idle_timeout, kShortest, Zero::refused,
            "Longest time between two requests on a connection; then it is closed")
      .option(kTimes, "--idle-timeout")
      .time("send_timeout", &HttpLimits::send_timeout, kShortest, Zero::refused,
            "Longest time in which a client reads nothing of its reply; then its connection is closed")
      .option(kTimes, "--send-timeout")
      .size("send_rate", &HttpLimits::send_rate, 0, 1 << 30,
            "Least bytes a second that a client reads of the bytes that wait for it, measured over the send timeout; "
            "else "
            "its connection is closed; 0 = any rate")
      .option(kTimes, "--send-rate")
      .number("max_connections", &HttpLimits::max_connections, 1, 10'000'000,
              "Most client connections per thread; further connections wait")
      .option(kClients, "--max-connections")
      .number("max_connections_per_address", &HttpLimits::max_connections_per_address, 0, 10'000'000,
              "Most connections of one IPv4 address or IPv6 /64, per thread; further ones are closed, except those of "
              "trusted proxies; 0 = any number")
      .option(kClients, "--max-connections-per-address")
      .number(
          "connection_rate_per_address", &HttpLimits::connection_rate_per_address, 0, 1'000'000,
          "Most new connections a second of one IPv4 address or IPv6 /64, per thread; further ones are closed, except "
          "those of trusted proxies; 0 = any number")
      .option(kClients, "--connection-rate-per-address")
      .number("max_streams", &HttpLimits::max_streams, 1, 100'000,
              "Most requests at once on one HTTP/2 connection; further ones are refused")
      .option(kClients, "--max-streams");
}

void describe_web_sockets(Keys<WebSocketSettings>& keys) {
  using S = WebSocketSettings;
  const Millis least = kLeastWebSocketTime;
  keys.list("allowed_origins", &S::allowed_origins, is_origin_pattern,
            "* or SCHEME://HOST[:PORT], as https://*.example.com", "",
            "Origins whose pages may open WebSockets, as https://*.example.com; else 403; repeatable")
      .option(kWebSockets, "--ws-origins", "ORIGIN")
      .flag("allow_null_origin", &S::allow_null_origin, "Whether `Origin: null` may")
      .size("max_frame_size", &S::max_frame_size, 0, kAnySize, "Largest frame of a client; 0 = any: Close 1009")
      .size("max_message_size", &S::max_message_size, 0, kAnySize,
            "Largest message of a client, inflated; 0 = any: Close 1009")
      .option(kWebSockets, "--ws-max-message")
      .size("auto_fragment_size", &S::auto_fragment_size, 0, kAnySize,
            "Larger messages to clients go in frames of this size; 0 = as they are")
      .flag("fail_by_drop", &S::fail_by_drop, "A client that breaks the protocol is dropped without a Close")
      .time("open_handshake_timeout", &S::open_handshake_timeout, least, Zero::is_off,
            "Longest time for a client's opening at a path of WAMP, and for a backend to answer an opening")
      .time("close_handshake_timeout", &S::close_handshake_timeout, least, Zero::is_off,
            "Longest time for a client to answer a Close")
      .time("auto_ping_interval", &S::auto_ping_interval, least, Zero::is_off,
            "A client that sends nothing for so long is pinged; 0 = never")
      .option(kWebSockets, "--ws-ping-interval")
      .time("auto_ping_timeout", &S::auto_ping_timeout, least, Zero::is_off, "Longest time for the pong")
      .number("auto_ping_size", &S::auto_ping_size, 12, 125, "Bytes of a ping")
      .flag("auto_ping_restart_on_any_traffic", &S::auto_ping_restart_on_any_traffic,
            "Data of the client restarts the interval")
      .flag("validate_utf8", &S::validate_utf8, "Text that is no UTF-8: Close 1007")
      .flag("require_masked_client_frames", &S::require_masked_client_frames, "Frames without a mask: Close 1002")
      .table(
          "deflate", [](S& s) -> S& { return s; }, "How messages are compressed (RFC 7692)", describe_deflate);
}

void describe_fabric(Keys<FabricSettings>& keys) {
  using S = FabricSettings;
  keys.text("endpoint", &S::endpoint, is_some, "an endpoint, as tcp://127.0.0.1:8000 or ipc:///tmp/zeroway", "",
            "Where workers connect: tcp://ADDRESS:PORT (and PORT + 1) or ipc://PATH")
      .option(kFabric, "--fabric", "ENDPOINT")
      .choice(
          "engine", &S::engine,
          std::vector<std::pair<std::string, EngineKind>>{{"loop", EngineKind::loop}, {"libzmq", EngineKind::libzmq}},
          "Who speaks ZeroMQ's protocol with workers: loop, the thread that serves the requests; libzmq, in a thread "
          "of its own")
      .option(kFabric, "--fabric-engine")
      .choice("balance", &S::balance,
              std::vector<std::pair<std::string, Balance>>{{"round_robin", Balance::round_robin},
                                                           {"weighted", Balance::weighted},
                                                           {"least_connections", Balance::least_connections}},
              "Worker that gets the next request: in turn by weight; the same, never dealt by ZeroMQ; the one with the "
              "fewest open requests for its weight",
              {{"least_conn", Balance::least_connections}})
      .option(kFabric, "--balance")
      .number("rebalance", &S::rebalance, 0, 100'000,
              "Long streams (WebSockets, gRPC) that the workers of a pool hand over in a second, after another one has "
              "joined, until it has its share; 0 = none")
      .option(kFabric, "--rebalance")
      .time("queue_timeout", &S::queue_timeout, Millis(0), Zero::is_off,
            "Longest time that a request waits for a worker with room; else 503")
      .option(kFabric, "--queue-timeout")
      .number("queue_limit", &S::queue_limit, 0, 10'000'000,
              "Most requests per thread that wait for a worker; further ones get 503")
      .option(kFabric, "--queue-limit")
      .time("heartbeat", &S::heartbeat_interval, Millis(10), Zero::refused,
            "Time after which a silent worker is pinged")
      .option(kFabric, "--heartbeat")
      .time("heartbeat_timeout", &S::heartbeat_timeout, Millis(20), Zero::refused,
            "Time after which a silent worker counts as dead; at least twice the heartbeat")
      .option(kFabric, "--heartbeat-timeout")
      .path("key", &S::key_file, "fabric.key", "The router's secret CURVE key (tools/keygen makes one)")
      .option(kFabric, "--fabric-key", "FILE")
      .path("allow", &S::allow_file, "workers.keys",
            "Public keys of workers that may connect, one a line; by default every worker that has the router's public "
            "key")
      .option(kFabric, "--fabric-allow", "FILE")
      .flag("insecure", &S::insecure, "Let the endpoint be reachable from other machines without keys")
      .flag_option(kFabric, "--fabric-insecure", true,
                   "Let the endpoint be reachable from other machines without keys");
}

}  // namespace zeroway
