#include "answers.h"

#include "request_json.h"

using zeroway::Reply;
using zeroway::Request;

namespace {

void answer_get(Request& request, Reply& reply) { send_json(reply, describe(request)); }

Json describe_with_body(Request& request) {
  return is_form(request) ? describe(request, request.form()) : describe(request, request.body());
}

void answer_with_body(Request& request, Reply& reply) { send_json(reply, describe_with_body(request)); }

void answer_anything(Request& request, Reply& reply) {
  Json json = describe_with_body(request);
  json["method"] = request.method();
  send_json(reply, json);
}

void answer_headers(Request& request, Reply& reply) { send_json(reply, {{"headers", headers_of(request)}}); }

void answer_ip(Request& request, Reply& reply) { send_json(reply, {{"origin", origin_of(request)}}); }

void answer_status(Request& request, Reply& reply) {
  const auto code = static_cast<int>(read_whole("status", request.param("code"), 200, 599));
  if (code == 401) reply.field("www-authenticate", "Basic realm=\"Fake Realm\"");
  if (code >= 301 && code <= 303) reply.field("location", "/redirect/1");
  reply.status(code).send("");
}

void answer_redirect(Request& request, Reply& reply) {
  const std::uint64_t left = read_whole("the number of redirects", request.param("times"), 1, 100);
  reply.redirect(left == 1 ? "/get" : "/redirect/" + std::to_string(left - 1));
}

// The body lists all fields of the reply, content-length among them. It is written twice, because the digits of the
// length can make the body longer.
void answer_response_headers(Request& request, Reply& reply) {
  const Pairs wanted = request.query_pairs();
  Json json = to_json(wanted);
  json["Content-Type"] = "application/json";
  std::string body;
  for (std::size_t length = 0; body.size() != length || length == 0;) {
    length = body.size();
    json["Content-Length"] = std::to_string(length);
    body = write_json(json);
  }
  reply.field("content-type", "application/json");
  try {
    for (const auto& [name, value] : wanted) reply.field(name, value);
  } catch (const std::invalid_argument& wrong) {
    throw zeroway::StatusError(400, std::string(wrong.what()) + "\n");
  }
  reply.send(body);
}

void answer_cookies(Request& request, Reply& reply) { send_json(reply, {{"cookies", cookies_of(request)}}); }

void answer_set_cookies(Request& request, Reply& reply) {
  for (const auto& [name, value] : request.query_pairs()) reply.field("set-cookie", name + "=" + value + "; Path=/");
  reply.redirect("/cookies");
}

void answer_delete_cookies(Request& request, Reply& reply) {
  for (const auto& [name, value] : request.query_pairs()) {
    reply.field("set-cookie", name + "=; Max-Age=0; Path=/");
  }
  reply.redirect("/cookies");
}

// The events of /sse, with this page's query, as a browser sees them.
void answer_sse_page(Request&, Reply& reply) {
  reply.field("content-type", "text/html; charset=utf-8").field("cache-control", "no-cache");
  reply.field("content-security-policy",
              "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'");
  reply.send(R"html(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Server-sent events</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 46rem; padding: 1rem; }
  h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
  p { margin: 0 0 1rem; overflow-wrap: anywhere; }
  #state { padding: .1rem .6rem; border-radius: 1rem; background: #8883; }
  #state.open { background: #22a55944; }
  #state.again { background: #d9770644; }
  ol { list-style: none; margin: 0; padding: 0; }
  li { display: flex; gap: 1rem; padding: .4rem .2rem; border-top: 1px solid #8884; overflow-wrap: anywhere; }
  li b { min-width: 2rem; text-align: right; font-variant-numeric: tabular-nums; }
</style>
<h1>Server-sent events</h1>
<p><code id="url"></code> <span id="state" role="status">waiting</span></p>
<ol id="events"></ol>
<script>
  'use strict';
  const at = id => document.getElementById(id);
  const show = (text, state) => { at('state').textContent = text; at('state').className = state; };
  const url = 'sse' + location.search;
  at('url').textContent = url;
  const source = new EventSource(url);
  source.onopen = () => show('open', 'open');
  source.onmessage = event => {
    const item = document.createElement('li'), id = document.createElement('b');
    id.textContent = event.lastEventId;
    item.append(id, event.data);
    at('events').append(item);
  };
  source.onerror = () => source.readyState === EventSource.CLOSED ? show('over', '') : show('asking again', 'again');
</script>
</html>
)html");
}

}  // namespace

void register_answers(zeroway::Worker& worker) {
  worker.handle_inline("GET", "/get", answer_get);
  worker.handle_inline("POST", "/post", answer_with_body);
  worker.handle_inline("PUT", "/put", answer_with_body);
  worker.handle_inline("PATCH", "/patch", answer_with_body);
  worker.handle_inline("DELETE", "/delete", answer_with_body);
  worker.handle_inline("*", "/anything/*", answer_anything);
  worker.handle_inline("GET", "/headers", answer_headers);
  worker.handle_inline("GET", "/ip", answer_ip);
  worker.handle_inline("GET", "/redirect/{times}", answer_redirect);
  worker.handle_inline("GET,POST", "/response-headers", answer_response_headers);
  worker.handle_inline("GET", "/cookies", answer_cookies);
  worker.handle_inline("GET", "/cookies/set", answer_set_cookies);
  worker.handle_inline("GET", "/cookies/delete", answer_delete_cookies);
  worker.handle_inline("GET", "/sse-page", answer_sse_page);
  worker.handle("*", "/status/{code}", answer_status);  // on the pool: answers without waiting for the body
}
