// The keys of [tracing].
#include <utility>

#include "router/settings/description.h"

namespace zeroway {

namespace {

constexpr const char* kEndpointForms = "http://HOST[:PORT][/PATH] or https://…";

Fit read_endpoint(TracingSettings& tracing, const Value& value) {
  auto text = take_text(value);
  if (!text.value) return text.fit;
  auto target = read_member_url(*text.value);
  const bool is_http = target && (target->scheme == MemberScheme::http || target->scheme == MemberScheme::https);
  if (!is_http) return Fit::no;
  tracing.endpoint = std::move(*text.value);
  tracing.target = std::move(*target);
  return Fit::yes;
}

Fit read_sample(TracingSettings& tracing, const Value& value) {
  double sample = value.node.real;
  if (value.node.kind != Node::Kind::real) {
    const auto number = take_number(value);
    if (!number.value) return number.fit;
    sample = static_cast<double>(*number.value);
  }
  if (!(sample >= 0 && sample <= 1)) return Fit::no;
  tracing.sample = sample;
  return Fit::yes;
}

}  // namespace

void describe_tracing(Keys<TracingSettings>& keys) {
  using S = TracingSettings;
  keys.located()
      .other("endpoint", "URL", kEndpointForms, "", "\"http://127.0.0.1:4318\"",
             "Collector of spans: OTLP over HTTP, in JSON. A URL that does not end in /v1/traces gets that appended. "
             "Without it backends are told of traces, and nothing is collected",
             read_endpoint)
      .other("sample", "SHARE", "a number from 0 to 1", "1", "",
             "Share of requests whose spans are collected, where no trusted proxy has decided", read_sample)
      .text("service_name", &S::service_name, is_some, "a text", "", "What the collector calls the router")
      .fields("headers", &S::headers, "{ \"Authorization\" = \"Bearer SECRET\" }",
              "Fields of requests to the collector")
      .time("timeout", &S::timeout, Millis(1), Zero::refused, "Longest time for the collector's answer")
      .path("ca_file", &S::ca_file, "collector-ca.crt", "PEM: authorities for https; by default the system's")
      .flag("query", &S::query, "Tell the collector the query of requests, which may hold secrets");
}

}  // namespace zeroway
