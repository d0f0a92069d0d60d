#include "router/exchange/setup_reply.h"

#include <algorithm>
#include <memory>

#include "proto/escapes.h"
#include "router/route/canonical_path.h"
#include "router/route/query_value.h"

namespace zeroway {

namespace {

constexpr std::string_view kPage =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>302 Found</title></head>\n"
    "<body>\n<h1>302 Found</h1>\n</body>\n</html>\n";

Error clients(Code code, std::string detail) { return {Fault::client, code, false, std::move(detail)}; }

std::string_view query_of(std::string_view path) {
  const auto mark = path.find('?');
  return mark == std::string_view::npos ? std::string_view() : path.substr(mark + 1);
}

// The one that the token is for.
Result<std::shared_ptr<const Circuit>> find_circuit(const Answer& answer, const PermitTicket& ticket) {
  auto circuit = answer.circuit;
  if (circuit == nullptr) circuit = answer.pin->circuits.find_named(ticket.circuit, *answer.site->circuits);
  if (circuit == nullptr) return clients(Code::no_route, "there is no service " + ticket.circuit + ", of a token");
  if (circuit->guard.name() == ticket.circuit) return circuit;
  return clients(Code::unauthorized, "the token is for " + ticket.circuit + ", not for " + circuit->guard.name());
}

std::string cookie_for(const Circuit& circuit, const PermitTicket& ticket, const SetupContext& context) {
  std::string cookie(kPermitCookie);
  cookie.append("=").append(context.desk.permit(circuit.guard, ticket.until));
  cookie.append("; Path=").append(circuit.route.path.empty() ? "/" : circuit.route.path);
  cookie.append("; Max-Age=").append(std::to_string((ticket.until - context.now).count()));
  cookie.append(circuit.guard.rule->attributes);
  return context.is_secure ? cookie.append("; Secure") : cookie;
}

// A character that a path or a query may hold as it is (RFC 3986 §3.3, §3.4).
bool is_plain(char c) {
  constexpr std::string_view kMarks = "-._~!$&'()*+,;=:@/?";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kMarks.find(c) != std::string_view::npos;
}

void begin_reply(Head& head, int status, std::string_view type, std::size_t size, const SetupContext& context) {
  head.clear();
  head.add(":status", std::to_string(status));
  head.add("date", context.date);
  head.add("content-type", type);
  head.add("content-length", std::to_string(size));
  head.add("cache-control", "no-store");
  head.add("referrer-policy", "no-referrer");  // the token is in the URL
}

// No browser speaks with such a service: a program reads what its token is for. All parts are words of a URL.
std::string tell_tcp(const CircuitSpec& spec, std::uint16_t port, const SetupContext& context, Head& head) {
  std::string text = R"({"circuit":")" + spec.id + R"(","session":")" + spec.session;
  text.append(R"(","service":")").append(spec.service).append("\",\"protocol\":\"tcp\"");
  if (port != 0) text.append(",\"port\":").append(std::to_string(port));
  text.append("}\n");
  begin_reply(head, 200, "application/json", text.size(), context);
  return text;
}

}  // namespace

bool asks_for_permit(const Head& request) {
  const std::string_view path = request.path();
  const bool is_setup = path.starts_with(kSetupPath) && path.substr(kSetupPath.size()).starts_with('?');
  return is_setup && request.method() == "GET" && query_value(query_of(path), kSetupToken);
}

Result<std::string> place_below(std::string_view prefix, std::string_view said) {
  std::string escaped = "/", storage;
  for (std::size_t at = 0; at < said.size(); ++at) {
    const bool is_escape = escaped_byte(said.substr(at)) >= 0;
    if (is_plain(said[at]) || is_escape) {
      escaped.push_back(said[at]);
    } else {
      append_escape(escaped, said[at]);
    }
  }
  const auto path = canonical_path(escaped, storage);
  if (!path) return path.error();
  // Browsers take what follows two slashes, of either kind, for a host.
  std::string_view rest = path->whole;
  while (rest.starts_with('/')) rest.remove_prefix(1);
  return std::string(prefix).append("/").append(rest);
}

Result<std::string> write_setup_reply(const Answer& answer, const Head& request, const SetupContext& context,
                                      Head& head) {
  const std::string_view query = query_of(request.path());
  const auto token = query_value(query, kSetupToken);
  if (!token) return clients(Code::unauthorized, "a request for a permit without a token");
  const auto ticket = context.desk.read(*token, *answer.site->circuits->permits);
  if (!ticket) return ticket.error();
  const auto circuit = find_circuit(answer, *ticket);
  if (!circuit) return circuit.error();
  const auto& spec = (*circuit)->spec;
  if (spec != nullptr && spec->protocol == CircuitSpec::Protocol::tcp)
    return tell_tcp(*spec, answer.pin->circuits.port_of(spec->path()), context, head);
  const auto place = place_below((*circuit)->route.path, query_value(query, "path").value_or(""));
  if (!place) return place.error();
  begin_reply(head, 302, "text/html; charset=utf-8", kPage.size(), context);
  head.add("location", *place);
  head.add("set-cookie", cookie_for(**circuit, *ticket, context));
  return std::string(kPage);
}

}  // namespace zeroway
