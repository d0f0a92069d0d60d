#include "router/settings/log_format.h"

#include <algorithm>
#include <utility>

#include "router/settings/nearest_word.h"

namespace zeroway {

namespace {

constexpr std::string_view kCommon =
    R"({address} - {user} [{time_common}] "{method} {path} {protocol}" {status} {bytes_out})";
constexpr std::string_view kAgents = R"( "{referer}" "{user_agent}")";
constexpr std::string_view kOurs = " {worker} {queue_ms} {total_ms} {retries} {reason}";

Error unfit(std::string detail) { return Error{Fault::router, Code::internal, false, std::move(detail)}; }

// A line of the log is one line, and no literal of ours may look like an end of it.
bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }

Error unknown_field(std::string_view name) {
  std::vector<std::string> names;
  for (const LogFieldName& known : log_fields()) names.emplace_back(known.name);
  const std::string nearest = nearest_word(name, names);
  return unfit("there is no field {" + std::string(name) + "}" + meant(nearest.empty() ? "" : "{" + nearest + "}"));
}

Error unknown_word(std::string_view word) {
  const std::string nearest = nearest_word(word, {"combined", "common", "json"});
  return unfit("it is the name of no form, and a template has {fields}" + meant(nearest));
}

LogField find(std::string_view name) {
  const auto& all = log_fields();
  const auto found = std::find_if(all.begin(), all.end(), [&](const LogFieldName& one) { return one.name == name; });
  return found == all.end() ? LogField::none : found->field;
}

}  // namespace

const std::vector<LogFieldName>& log_fields() {
  using F = LogField;
  static const std::vector<LogFieldName> kFields{
      {F::time, "time", "when the request ended, as 2026-11-21T15:04:05.678Z"},
      {F::time_common, "time_common", "the same, as 21/Nov/2026:15:04:05 +0000"},
      {F::unix_ms, "unix_ms", "the same, in milliseconds since 1970"},
      {F::address, "address", "the client's address; behind trusted proxies, the address that they report"},
      {F::peer, "peer", "the address at the other end of the connection"},
      {F::user, "user", "the name that the login of the site has found"},
      {F::site, "site", "the site's name"},
      {F::scheme, "scheme", "http or https"},
      {F::method, "method", "the method"},
      {F::host, "host", "the host that the client asked for"},
      {F::path, "path", "the path with its query, as the client sent it"},
      {F::protocol, "protocol", "HTTP/1.1 or HTTP/2"},
      {F::status, "status", "the reply's status; 499 for a client that went away before its reply"},
      {F::bytes_out, "bytes_out", "bytes of the reply's body"},
      {F::bytes_in, "bytes_in", "bytes of the request's body"},
      {F::referer, "referer", "the field Referer"},
      {F::user_agent, "user_agent", "the field User-Agent"},
      {F::route, "route", "the path of the route in the file"},
      {F::pool, "upstream", "the pool that the route names; fabric, files"},
      {F::worker, "worker", "the worker or the server that had the request last"},
      {F::attempts, "attempts", "how often the request was opened at a backend"},
      {F::retries, "retries", "openings after the first"},
      {F::queue_ms, "queue_ms", "milliseconds that the last opening waited for a worker or a server"},
      {F::backend_ms, "backend_ms", "milliseconds that the last worker or server had the request"},
      {F::total_ms, "total_ms", "milliseconds from the request's head to the end"},
      {F::reason, "reason", "why the request failed, as no_backend"},
      {F::request_id, "request_id", "the request's id, which the backend gets as X-Request-ID"},
      {F::trace_id, "trace_id", "the trace's id (W3C Trace Context)"},
      {F::span_id, "span_id", "the id of the router's span in the trace"},
      {F::tls_version, "tls_version", "TLSv1.3 or TLSv1.2"},
      {F::tls_cipher, "tls_cipher", "the connection's cipher"},
  };
  return kFields;
}

LogFormat LogFormat::combined() {
  static const LogFormat kFormat = *read_template(std::string(kCommon).append(kAgents).append(kOurs));
  return kFormat;
}

LogFormat LogFormat::common() {
  static const LogFormat kFormat = *read_template(std::string(kCommon).append(kOurs));
  return kFormat;
}

LogFormat LogFormat::json() { return LogFormat(std::vector<Piece>()); }

bool LogFormat::has(LogField field) const {
  return is_json() || std::any_of(pieces_.begin(), pieces_.end(), [=](const Piece& one) { return one.field == field; });
}

Result<LogFormat> LogFormat::read(std::string_view text) {
  if (text == "combined") return combined();
  if (text == "common") return common();
  if (text == "json") return json();
  return read_template(text);
}

Result<LogFormat> LogFormat::read_template(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), is_control)) return unfit("it has a control character");
  const std::string_view whole = text;
  std::vector<Piece> pieces(1);
  while (!text.empty()) {
    const std::size_t brace = std::min(text.find_first_of("{}"), text.size());
    pieces.back().literal += text.substr(0, brace);
    text.remove_prefix(brace);
    if (text.empty()) break;
    if (text.starts_with("{{") || text.starts_with("}}")) {
      pieces.back().literal += text.front();
      text.remove_prefix(2);
      continue;
    }
    const std::size_t end = text.find('}');
    if (text.starts_with('}') || end == std::string_view::npos)
      return unfit(text.starts_with('}') ? "it has a '}' without its '{'; }} is a brace"
                                         : "it has a '{' without its '}'; {{ is a brace");
    const std::string_view name = text.substr(1, end - 1);
    pieces.back().field = find(name);
    if (pieces.back().field == LogField::none) return unknown_field(name);
    pieces.emplace_back();
    text.remove_prefix(end + 1);
  }
  if (pieces.size() == 1) return unknown_word(whole);
  return LogFormat(std::move(pieces));
}

}  // namespace zeroway
