#include "router/access/cors.h"

#include <array>
#include <string>
#include <string_view>

namespace zeroway {

namespace {

constexpr std::string_view kOrigin = "access-control-allow-origin";
constexpr std::string_view kCredentials = "access-control-allow-credentials";
constexpr std::string_view kExposed = "access-control-expose-headers";
constexpr std::string_view kMethods = "access-control-allow-methods";
constexpr std::string_view kHeaders = "access-control-allow-headers";
constexpr std::string_view kMaxAge = "access-control-max-age";
constexpr std::array kAll{kOrigin, kCredentials, kExposed, kMethods, kHeaders, kMaxAge};

void set_if_any(FieldEdits& edits, std::string_view name, std::string_view value) {
  if (!value.empty()) edits.set(name, value);
}

}  // namespace

void edit_cors_reply(const CorsRule& rule, const Head& request, FieldEdits& reply) {
  for (const std::string_view name : kAll) reply.remove(name);
  reply.vary_by("Origin");  // a cache must not give the reply for one origin to another, also where it was refused
  if (!rule.allows(request)) return;
  reply.set(kOrigin, rule.takes_all ? std::string_view("*") : *request.find("origin"));
  if (rule.credentials) reply.set(kCredentials, "true");
  if (!is_preflight(request)) return set_if_any(reply, kExposed, rule.exposed);
  set_if_any(reply, kMethods, rule.methods);
  set_if_any(reply, kHeaders, rule.headers);
  if (rule.max_age) reply.set(kMaxAge, std::to_string(*rule.max_age));
}

Verdict answer_preflight(const CorsRule& rule, const Head& request) {
  Verdict verdict{.way = Verdict::Way::answer, .head = Head{{":status", "204"}}};
  edit_cors_reply(rule, request, verdict.reply);
  return verdict;
}

}  // namespace zeroway
