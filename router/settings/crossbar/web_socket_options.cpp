#include "router/settings/crossbar/web_socket_options.h"

#include <limits>

#include "router/settings/checks.h"

namespace zeroway::crossbar {

namespace {

using S = RouteSettings;

constexpr std::uint64_t kAnySize = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t kLargestMessage = std::uint64_t{64} << 20;

// A member of the route's WebSocketSettings, as the functions of Keys want it.
template <class Member>
auto of_socket(Member member) {
  return [member](S & route) -> auto& { return route.terms.web_sockets.*member; };
}

void describe_deflate(Keys<WebSocketDeflate>& keys) {
  using D = WebSocketDeflate;
  keys.flag("request_no_context_takeover", &D::request_no_context_takeover, "Ask clients to compress each by itself")
      .other("request_max_window_bits", "N", "0, or a number from 9 to 15", "0", "",
             "Window that clients are asked for",
             [](D& deflate, const Value& value) {
               const auto bits = take_number(value);
               if (!bits.value) return bits.fit;
               if (*bits.value != 0 && (*bits.value < 9 || *bits.value > 15)) return Fit::no;
               deflate.request_max_window_bits = static_cast<std::uint32_t>(*bits.value);
               return Fit::yes;
             })
      .flag("no_context_takeover", &D::no_context_takeover, "Compress each message by itself")
      .number("max_window_bits", &D::max_window_bits, 9, 15, "The router's own window")
      .number("memory_level", &D::memory_level, 1, 9, "zlib's memLevel");
}

void describe_compression(Keys<S>& keys) {
  keys.optional_table("deflate", of_socket(&WebSocketSettings::deflate), "permessage-deflate", describe_deflate);
}

void describe_times(Keys<S>& keys) {
  using W = WebSocketSettings;
  milliseconds(keys, "open_handshake_timeout", of_socket(&W::open_handshake_timeout), "For the opening");
  milliseconds(keys, "close_handshake_timeout", of_socket(&W::close_handshake_timeout), "For the answer to a Close");
  milliseconds(keys, "auto_ping_interval", of_socket(&W::auto_ping_interval), "Between two pings");
  milliseconds(keys, "auto_ping_timeout", of_socket(&W::auto_ping_timeout), "For the pong");
}

void describe_limits(Keys<S>& keys) {
  using W = WebSocketSettings;
  keys.number("max_frame_size", of_socket(&W::max_frame_size), 0, kAnySize, "Largest frame of a client; 0 = any")
      .number("max_message_size", of_socket(&W::max_message_size), 1, kLargestMessage, "Largest message of a client")
      .number("auto_fragment_size", of_socket(&W::auto_fragment_size), 0, kAnySize,
              "Largest frame to a client; 0 = any")
      .flag("fail_by_drop", of_socket(&W::fail_by_drop), "Drop clients that break the protocol")
      .number("auto_ping_size", of_socket(&W::auto_ping_size), 12, 125, "Bytes of a ping")
      .flag("auto_ping_restart_on_any_traffic", of_socket(&W::auto_ping_restart_on_any_traffic),
            "Data of the client restarts the interval")
      .flag("validate_utf8", of_socket(&W::validate_utf8), "Text that is no UTF-8 ends the WebSocket")
      .flag("require_masked_client_frames", of_socket(&W::require_masked_client_frames),
            "Frames without a mask end the WebSocket");
}

}  // namespace

WebSocketSettings usual_web_sockets() {
  WebSocketSettings usual;
  usual.open_handshake_timeout = usual.close_handshake_timeout = Millis(0);
  usual.auto_ping_interval = usual.auto_ping_timeout = Millis(0);
  usual.deflate.reset();
  return usual;
}

void describe_web_socket_options(Keys<S>& keys) {
  using W = WebSocketSettings;
  keys.list("allowed_origins", of_socket(&W::allowed_origins), is_origin_pattern,
            "an origin, as https://*.example.com, or *", "", "Whose pages may open WebSockets")
      .flag("allow_null_origin", of_socket(&W::allow_null_origin), "Whether an Origin of null may")
      .flag(
          "enable_webstatus", [](S& route) -> bool& { return route.wamp.status_page; },
          "A page for requests that open no WebSocket")
      .flag(
          "require_websocket_subprotocol", [](S& route) -> bool& { return route.wamp.require_subprotocol; },
          "Else clients without a subprotocol speak wamp.2.json");
  describe_limits(keys);
  describe_times(keys);
  keys.table(
      "compression", [](S& route) -> S& { return route; }, "Compression of messages", describe_compression);
  keys.idle("external_port", "Origin is compared as the client sent it")
      .idle("enable_hybi10", "WebSockets are those of RFC 6455")
      .idle("enable_rfc6455", "WebSockets are those of RFC 6455")
      .idle("mask_server_frames", "servers do not mask (RFC 6455 §5.1)")
      .idle("apply_mask", "masks are always applied")
      .idle("echo_close_codereason", "a Close is answered with its own code")
      .idle("tcp_nodelay", "small writes are never delayed")
      .idle("show_server_version", "the Server field names Zeroway")
      .idle("enable_flash_policy", "Flash is gone")
      .idle("flash_policy", "Flash is gone");
}

const std::vector<const char*>& web_socket_option_names() {
  static const std::vector<const char*> kNames{"allowed_origins",
                                               "allow_null_origin",
                                               "enable_webstatus",
                                               "max_frame_size",
                                               "auto_fragment_size",
                                               "fail_by_drop",
                                               "open_handshake_timeout",
                                               "close_handshake_timeout",
                                               "auto_ping_interval",
                                               "auto_ping_timeout",
                                               "auto_ping_size",
                                               "auto_ping_restart_on_any_traffic",
                                               "validate_utf8",
                                               "require_masked_client_frames",
                                               "compression",
                                               "external_port",
                                               "enable_hybi10",
                                               "enable_rfc6455",
                                               "version",
                                               "mask_client_frames",
                                               "mask_server_frames",
                                               "apply_mask",
                                               "echo_close_codereason",
                                               "tcp_nodelay",
                                               "show_server_version"};
  return kNames;
}

}  // namespace zeroway::crossbar
