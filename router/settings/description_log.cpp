// The keys of logs: [logging], and [sites.log].
#include "router/settings/description.h"
#include "router/settings/option_groups.h"

namespace zeroway {

namespace {

bool is_log_file(const std::string& text) { return !text.empty() && text != "-"; }

constexpr const char* kForms =
    "one of combined, common, json, or a template of fields, as \"{time} {method} {path} {status} {total_ms}\"";

Fit read_form(LogFormat& form, const Value& value) {
  const auto text = take_text(value);
  if (!text.value) return text.fit;
  // "text" is what other servers call it.
  auto read = *text.value == "text" ? LogFormat::combined() : LogFormat::read(*text.value);
  if (read) {
    form = std::move(*read);
    return Fit::yes;
  }
  value.reading.misfit(value.node, value.where, std::string(kForms) + "; " + read.error().detail);
  return Fit::said;
}

Fit read_site_file(SiteLogSettings& log, const Value& value) {
  const auto text = take_text(value);
  if (!text.value) return text.fit;
  if (text.value->empty()) return Fit::no;
  log.access_log = *text.value == "off" ? "" : value.reading.resolve(*text.value);
  return Fit::yes;
}

}  // namespace

void describe_logging(Keys<Settings>& keys) {
  keys.choice<>(
          "level", [](Settings& s) -> LogLevel& { return s.file->logging.level; },
          std::vector<std::pair<std::string, LogLevel>>{{"trace", LogLevel::trace},
                                                        {"debug", LogLevel::debug},
                                                        {"info", LogLevel::info},
                                                        {"warn", LogLevel::warn},
                                                        {"error", LogLevel::error}},
          "What the log tells; debug and trace are --verbose")
      .path(
          "access_log", [](Settings& s) -> std::string& { return s.observe.access_log; }, "/var/log/access.log",
          "File for a line about each request; - is standard output; SIGHUP opens the file again")
      .option(kLog, "--access-log", "FILE")
      .path(
          "error_log", [](Settings& s) -> std::string& { return s.observe.log_file; }, "/var/log/router.log",
          "File for the router's own log, besides standard error; SIGHUP opens the file again", is_log_file,
          "a file; -s logs to standard output")
      .option(kLog, "-l,--log", "FILE")
      .other("format", "FORM", kForms, "\"combined\"", "", "Form of the access log's lines",
             [](Settings& s, const Value& value) { return read_form(s.observe.access_format, value); })
      .option(kLog, "--access-log-format")
      .flag(
          "log_requests", [](Settings& s) -> bool& { return s.file->logging.log_requests; },
          "Whether there is an access log at all")
      .idle("output", "-s logs to standard output, error_log to a file")
      .idle("file_path", "say error_log")
      .idle("max_size", "logrotate and SIGHUP change files")
      .idle("max_files", "logrotate keeps files")
      .idle("compress", "logrotate compresses")
      .idle("include_fields", "format = \"json\" has all fields");
}

void describe_site_log(Keys<SiteLogSettings>& keys) {
  keys.located()
      .other("access_log", "PATH", "a path, - or off", "", "\"/var/log/shop.log\"",
             "File for a line about each request of the site; - is standard output, off is none; sites may share one",
             read_site_file)
      .other("format", "FORM", kForms, "", "\"{time} {address} {method} {path} {status} {total_ms}\"",
             "Form of its lines; by default that of [logging]. The fields of a template are those of json",
             [](SiteLogSettings& s, const Value& value) { return read_form(s.format, value); });
}

}  // namespace zeroway
