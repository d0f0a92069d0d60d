// A node file of Crossbar.io for tests: a proxy worker with every service of its documentation's example.
//
// Owner: nobody; constants.   Thread: any.
#pragma once
#include <string>

namespace zeroway {

inline constexpr const char* kProxyWorker = R"({
  "type": "proxy",
  "options": {},
  "transports": [
    {
      "type": "web",
      "endpoint": {"type": "tcp", "port": 8443, "shared": true, "backlog": 1024},
      "paths": {
        "/": {
          "type": "static",
          "directory": "../web",
          "options": {"enable_directory_listing": false}
        },
        "autobahn": {
          "type": "archive",
          "archive": "autobahn-v20.1.1.zip",
          "origin": "https://github.com/crossbario/autobahn-js-browser/archive/v20.1.1.zip",
          "object_prefix": "autobahn-js-browser-20.1.1",
          "default_object": "autobahn.min.js",
          "download": true,
          "cache": true,
          "hashes": ["a7e898a6a506c8bffe9a09d7e29b86a8adb90a15859024835df99cc7be82274a"],
          "mime_types": {".min.js": "text/javascript", ".jgz": "text/javascript"}
        },
        "ws": {
          "type": "websocket-proxy",
          "serializers": ["cbor", "msgpack", "json"],
          "backends": [
            {
              "type": "websocket",
              "endpoint": {"type": "unix", "path": "routerws.sock"},
              "url": "ws://localhost",
              "serializers": ["json"]
            }
          ],
          "options": {
            "allowed_origins": ["*"],
            "allow_null_origin": true,
            "enable_webstatus": true,
            "max_frame_size": 1048576,
            "max_message_size": 1048576,
            "auto_fragment_size": 65536,
            "fail_by_drop": true,
            "open_handshake_timeout": 2500,
            "close_handshake_timeout": 1000,
            "auto_ping_interval": 10000,
            "auto_ping_timeout": 5000,
            "auto_ping_size": 12,
            "auto_ping_restart_on_any_traffic": true,
            "compression": {
              "deflate": {
                "request_no_context_takeover": false,
                "request_max_window_bits": 13,
                "no_context_takeover": false,
                "max_window_bits": 13,
                "memory_level": 5
              }
            }
          }
        },
        "info": {"type": "nodeinfo"}
      }
    }
  ]
})";

// The same text with `now` in the place of `before`, once.
inline std::string worker_with(const std::string& before, const std::string& now) {
  std::string text = kProxyWorker;
  const auto at = text.find(before);
  return at == std::string::npos ? "no such text: " + before : text.replace(at, before.size(), now);
}

// A worker with one path `p`.
inline std::string worker_of(const std::string& service) {
  return R"({"type": "proxy", "transports": [{"type": "web", "endpoint": {"type": "tcp", "port": 80},
"paths": {"p":
)" + service +
         "}}]}";
}

// A worker with this endpoint, in line 2.
inline std::string listening_at(const std::string& endpoint) {
  return R"({"type": "proxy", "transports": [{"type": "web", "endpoint":
)" + endpoint +
         R"(, "paths": {}}]})";
}

// A worker with this in line 2 besides its transport.
inline std::string worker_and(const std::string& more) {
  return R"({"type": "proxy", "transports": [{"type": "web", "endpoint": {"type": "tcp", "port": 80}, "paths":
{"ws": {"type": "websocket"}}}],
)" + more +
         "}";
}

}  // namespace zeroway
