// The form of an access log's lines: one of the well-known ones, JSON, or a template of named fields.
//
//     {address} [{time_common}] "{method} {path}" {status}
//     ───────── ─
//       field   literal                                      {{ and }} stand for braces
//
// Owner: whoever has the rule; a value.   Thread: any.
// Not here: what the fields are in one request, and how they are escaped (observe/request_log.h).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proto/error.h"

namespace zeroway {

enum class LogField : std::uint8_t {
  none,  // after the last literal of a template
  time,
  time_common,
  unix_ms,
  address,
  peer,
  user,
  site,
  scheme,
  method,
  host,
  path,
  protocol,
  status,
  bytes_out,
  bytes_in,
  referer,
  user_agent,
  route,
  pool,
  worker,
  attempts,
  retries,
  queue_ms,
  backend_ms,
  total_ms,
  reason,
  request_id,
  trace_id,
  span_id,
  tls_version,
  tls_cipher,
};

struct LogFieldName {
  LogField field;
  std::string_view name;
  std::string_view help;
};

// All fields with their names, in the order in which JSON has them.
[[nodiscard]] const std::vector<LogFieldName>& log_fields();

class LogFormat {
 public:
  // A literal, then a field.
  struct Piece {
    std::string literal;
    LogField field = LogField::none;

    bool operator==(const Piece&) const = default;
  };

  // The Common Log Format of web servers, then ours; `combined` has referer and user agent between the two.
  LogFormat() : LogFormat(combined()) {}
  [[nodiscard]] static LogFormat combined();
  [[nodiscard]] static LogFormat common();
  [[nodiscard]] static LogFormat json();
  // "combined", "common", "json", or a template, which has a field at least. The detail of an error names what is
  // wrong, and the known word that is nearest.
  [[nodiscard]] static Result<LogFormat> read(std::string_view text);

  [[nodiscard]] bool is_json() const { return pieces_.empty(); }
  [[nodiscard]] const std::vector<Piece>& pieces() const { return pieces_; }
  // Whether lines have the field. Lines of JSON have every field.
  [[nodiscard]] bool has(LogField field) const;

  bool operator==(const LogFormat&) const = default;

 private:
  explicit LogFormat(std::vector<Piece> pieces) : pieces_(std::move(pieces)) {}
  [[nodiscard]] static Result<LogFormat> read_template(std::string_view text);

  std::vector<Piece> pieces_;
};

}  // namespace zeroway
