#include "router/admin/explain_json.h"

#include <array>

#include "router/admin/json_text.h"
#include "router/exchange/error_reply.h"

namespace zeroway {

namespace {

std::string_view to_text(Explanation::Answer answer) {
  constexpr std::array<std::string_view, 8> kNames{"backend",    "files", "redirect", "health",
                                                   "management", "error", "setup",    "page"};
  return kNames[static_cast<std::size_t>(answer)];
}

void write_outcome(JsonText& out, const Explanation& explanation) {
  out.key("outcome").object().member("answer", to_text(explanation.answer));
  out.key("status");
  if (explanation.status > 0) {
    out.number(explanation.status);
  } else {
    out.null();
  }
  out.member("reason", explanation.error ? error_name(explanation.error->code) : "")
      .member("detail", explanation.error ? explanation.error->detail : "")
      .end_object();
}

void write_route(JsonText& out, const Explanation& explanation) {
  out.key("route");
  if (explanation.route == nullptr) return static_cast<void>(out.null());
  out.object()
      .member("site", explanation.site != nullptr ? explanation.site->name : "")
      .member("path", explanation.circuit.empty() ? explanation.route->path : explanation.circuit)
      .member("backend", explanation.route->backend_name)
      .end_object();
}

}  // namespace

std::string explain_json(const ExplainQuestion& question, const Explanation& explanation) {
  JsonText out;
  out.object().key("request").object();
  out.member("method", question.method).member("url", question.url).member("client", question.client).end_object();
  write_outcome(out, explanation);
  out.key("steps").array();
  for (const Explanation::Step& step : explanation.steps)
    out.object()
        .member("step", step.step)
        .member("what", step.what)
        .member("matched", step.has_matched)
        .member("why", step.why)
        .end_object();
  out.end_array();
  write_route(out, explanation);
  out.key("members").array();
  for (const Explanation::Candidate& candidate : explanation.members)
    out.object()
        .member("kind", zeroway::to_text(candidate.member->kind))
        .member("name", candidate.member->name)
        .member("next", candidate.is_next)
        .member("fit", candidate.member->is_fit)
        .member("why", candidate.why)
        .end_object();
  out.end_array().end_object();
  return out.take();
}

}  // namespace zeroway
