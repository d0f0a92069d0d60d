#include "router/exchange/own_answers.h"

#include <algorithm>

#include "router/observe/time_text.h"
#include "router/route/canonical_path.h"
#include "router/route/host_name.h"

namespace zeroway {

namespace {

void begin_head(Head& head, int status, std::string_view date, std::string_view type, std::size_t size) {
  head.clear();
  head.add(":status", std::to_string(status));
  head.add("date", date);
  head.add("content-type", type);
  head.add("content-length", std::to_string(size));
}

std::string redirect_page(int status) {
  const std::string title = std::to_string(status) + " Redirect";
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>" + title +
         "</title></head>\n<body>\n<h1>" + title + "</h1>\n</body>\n</html>\n";
}

std::string write_redirect(int status, std::string_view location, std::string_view date, Head& head) {
  std::string page = redirect_page(status);
  begin_head(head, status, date, "text/html; charset=utf-8", page.size());
  head.add("location", location);
  return page;
}

// The error is the client's: it said no host, as HTTP/1.0 allows.
Result<std::string> https_location(const Head& request, std::uint16_t port) {
  const HostName host(request.authority());
  if (host.text().empty()) return Error{Fault::client, Code::bad_request, false, "no host to redirect to"};
  const bool is_v6 = host.text().find(':') != std::string_view::npos;
  std::string location = "https://";
  location.append(is_v6 && !host.text().starts_with('[') ? "[" + std::string(host.text()) + "]"
                                                         : std::string(host.text()));
  if (port != 443) location.append(":").append(std::to_string(port));
  // "*" of OPTIONS is a URL without a path (RFC 9112 §3.2.4).
  return location.append(request.path() == "*" ? std::string_view() : request.path());
}

// Whether each backend that a route of the file names could answer now.
bool is_ready(const Answer& answer) {
  const auto& backends = answer.pin->backends;
  return std::all_of(answer.site->required.begin(), answer.site->required.end(),
                     [&](std::size_t index) { return backends[index]->is_ready(); });
}

std::string health_text(std::string_view status, const OwnAnswerContext& context, std::string_view more) {
  std::string text = R"({"status":")";
  text.append(status).append(R"(","timestamp":")").append(utc_text(context.now, "%Y-%m-%dT%H:%M:%SZ"));
  text.append(R"(","service":"zeroway","version":")").append(ZEROWAY_VERSION);
  text.append(R"(","uptime_seconds":)").append(std::to_string(context.uptime.count())).append(more).append("}\n");
  return text;
}

std::string details(const Answer& answer) {
  std::string text = R"(,"backends":[)";
  for (std::size_t at = 0; at < answer.site->required.size(); ++at) {
    const std::size_t index = answer.site->required[at];
    text.append(at > 0 ? "," : "").append(R"({"ready":)");
    text.append(answer.pin->backends[index]->is_ready() ? "true" : "false").append("}");
  }
  return text + "]";
}

std::string write_health(const Answer& answer, const OwnAnswerContext& context, Head& head) {
  const OwnAnswer what = answer.route->own_answer;
  const bool asks_backends = what == OwnAnswer::ready || what == OwnAnswer::health_details;
  const bool is_good = !asks_backends || is_ready(answer);
  std::string text =
      health_text(is_good ? "ok" : "unavailable", context, what == OwnAnswer::health_details ? details(answer) : "");
  begin_head(head, is_good || what == OwnAnswer::health_details ? 200 : 503, context.date, "application/json",
             text.size());
  head.add("cache-control", "no-store");
  return text;
}

}  // namespace

Result<std::string> write_own_answer(const Answer& answer, const Head& request, const OwnAnswerContext& context,
                                     Head& head) {
  const Route& route = *answer.route;
  if (route.own_answer == OwnAnswer::to_https) {
    const auto there = https_location(request, route.https_port);
    if (!there) return there.error();
    return write_redirect(permanent_status(request.method()), *there, context.date, head);
  }
  if (route.own_answer != OwnAnswer::redirect) return write_health(answer, context, head);
  std::string storage, location;
  const auto path = canonical_path(request.path(), storage);
  if (!path) return path.error();
  const auto matched = route.redirect->write(*path, context.values, location);
  if (!matched) return matched.error();
  if (*matched == RewritePattern::Matched::no)
    return Error{Fault::client, Code::no_route, false, "the redirect's pattern does not match the path"};
  return write_redirect(route.redirect_status, location, context.date, head);
}

void write_challenge_answer(std::size_t size, std::string_view date, Head& head) {
  begin_head(head, 200, date, "application/octet-stream", size);
  head.add("cache-control", "no-store");
}

}  // namespace zeroway
