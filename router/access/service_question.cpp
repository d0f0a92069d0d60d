#include "router/access/service_question.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "proto/head_rules.h"
#include "router/exchange/header_rules.h"
#include "router/exchange/router_owned_fields.h"

namespace zeroway {

namespace {

// Besides framing fields. A service that answers 304 or 206 has not said yes or no; one that believes these paths and
// methods judges another request.
constexpr std::array<std::string_view, 9> kLeftOut{"accept-encoding",  "content-encoding",  "content-language",
                                                   "content-location", "content-type",      "range",
                                                   "x-rewrite-url",    "x-method-override", "x-http-method"};
constexpr std::array<std::string_view, 4> kLeftOutBegins{"if-", "sec-websocket-", "x-original-", "x-http-method-"};

// With '-' for other marks, as backends read names by CGI.
std::string as_read(std::string_view name) {
  std::string text(name);
  for (char& c : text)
    if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) c = '-';
  return text;
}

bool is_left_out(std::string_view name) {
  if (name.starts_with(':')) return true;
  const FieldOwner owner = owner_of(name);
  if (owner == FieldOwner::codec || owner == FieldOwner::look_alike) return true;
  const std::string read = as_read(name);
  if (read.starts_with("x-forwarded-") && owner != FieldOwner::proxy) return true;
  return std::find(kLeftOut.begin(), kLeftOut.end(), read) != kLeftOut.end() ||
         std::any_of(kLeftOutBegins.begin(), kLeftOutBegins.end(),
                     [&](std::string_view begin) { return read.starts_with(begin); });
}

// What the client's request is called: a WebSocket's opening is a GET.
std::string_view method_of(const AccessQuestion& question) {
  return question.kind == Kind::web_socket ? "GET" : question.head.method();
}

void copy(const Head& answer, const std::string& name, FieldEdits& edits) {
  for (const Field field : answer)
    if (field.name == name) edits.add(name, field.value);
}

}  // namespace

Head service_question(const AccessQuestion& question, const ForwardRule& rule) {
  Head head;
  head.add(":method", "GET");
  head.add(":scheme", question.client.is_tls ? "https" : "http");
  head.add(":authority", question.head.authority());
  head.add(":path", rule.path);
  for (const Field field : question.head)
    if (!is_left_out(field.name)) head.add(field.name, field.value);
  HeaderRules rules{ExchangeSettings()};  // a site of a file says itself whom it trusts
  rules.request(head, question.client, {.x_forwarded = true, .forwarded = false, .port = true}, &question.site);
  head.add("x-forwarded-method", method_of(question));
  head.add("x-forwarded-uri", question.head.path());
  return head;
}

Verdict service_consent(const Head& answer, const ForwardRule& rule) {
  Verdict verdict;
  for (const std::string& name : rule.copy_request) {
    verdict.request.remove_alike(name);
    copy(answer, name, verdict.request);
  }
  for (const std::string& name : rule.copy_reply) copy(answer, name, verdict.reply);
  return verdict;
}

Head service_refusal(const Head& answer) {
  Head head;
  for (const Field field : answer) {
    const bool is_framing = owner_of(field.name) == FieldOwner::codec || is_connection_specific(field.name);
    if (!is_framing && field.name != "date") head.add(field.name, field.value);
  }
  return head;
}

}  // namespace zeroway
