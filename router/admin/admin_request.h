// A request to the management listener, whole, and the reply to it.
//
// Owner: AdminBackend; values.   Thread: one loop.
// Not here: who may ask (admin/admin_gate.h), what is answered (admin/admin_api.h).
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "router/route/query_value.h"

namespace zeroway {

struct AdminRequest {
  std::string method, path;  // `path` canonical, without a query
  std::string query;         // as it came, without '?'
  std::string host;          // with its port, as it came
  std::string token;         // "" = none
  std::string content_type, accept;
  std::string last_event_id;  // of a reader of events that resumes; "" = none
  std::string address;        // the client's; "" of a unix socket
  bool has_certificate = false;
  std::string body{};

  [[nodiscard]] bool is_reading() const { return method == "GET" || method == "HEAD"; }
};

struct AdminReply {
  int status = 200;
  std::string type = "application/json";
  std::string body{};
  std::vector<std::pair<std::string, std::string>> fields{};  // further ones
  // What a browser may do with the body (Content-Security-Policy).
  std::string policy = "default-src 'none'; frame-ancestors 'none'";
};

// Nothing when `text` is no number (digits alone, below 2^64).
[[nodiscard]] std::optional<std::uint64_t> read_number(std::string_view text);
// Names in the query that are not among `known`: the first of them.
[[nodiscard]] std::optional<std::string> unknown_parameter(std::string_view query,
                                                           std::span<const std::string_view> known);

// As RFC 9457 has it.
[[nodiscard]] AdminReply admin_error(int status, std::string_view detail);

}  // namespace zeroway
