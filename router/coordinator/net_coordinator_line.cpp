#include "router/coordinator/net_coordinator_line.h"

#include <utility>

#include "router/backends/origin_head.h"
#include "router/coordinator/limits.h"
#include "router/net/file_text.h"
#include "router/plan/server_of.h"
#include "router/settings/line_ends.h"
#include "router/settings/sites.h"

namespace zeroway {

namespace {

ServerSpec server_at(const CoordinatorSettings& settings) {
  MemberSettings said;
  said.url = settings.url;
  said.target = settings.target;
  said.ca_file = settings.ca_file;
  said.verify = settings.verify;
  return server_of(said);
}

}  // namespace

Result<std::unique_ptr<NetCoordinatorLine>> NetCoordinatorLine::make(Loop& loop, const CoordinatorSettings& settings,
                                                                     std::string secret) {
  auto tls = load_origin_tls({server_at(settings)});
  if (!tls) return tls.error();
  return std::unique_ptr<NetCoordinatorLine>(
      new NetCoordinatorLine(loop, settings, std::move(tls->front()), std::move(secret)));
}

NetCoordinatorLine::NetCoordinatorLine(Loop& loop, const CoordinatorSettings& settings, std::optional<OriginTls> tls,
                                       std::string secret)
    : loop_(loop),
      server_(server_at(settings)),
      base_(settings.target.base),
      secret_(std::move(secret)),
      tls_(std::move(tls)),
      resolver_(loop),
      dialer_(loop),
      origins_(loop, resolver_, dialer_, codecs_) {}

NetCoordinatorLine::~NetCoordinatorLine() = default;

// `done` may ask the next question, which destroys this call.
void NetCoordinatorLine::ask(CoordinatorQuestion question, Done done) {
  const OriginWish wish{.server = server_, .tls = tls_ ? &*tls_ : nullptr, .only_http1 = true};
  Head head = head_of(question);
  call_ = std::make_unique<HttpCall>(loop_, origins_, wish,
                                     HttpQuestion{.head = std::move(head),
                                                  .body = std::move(question.body),
                                                  .timeout = question.timeout,
                                                  .most_body = question.most_answer},
                                     [done = std::move(done)](Result<HttpAnswer> answer) {
                                       if (!answer) return done(answer.error());
                                       done(CoordinatorAnswer{answer->head.status(), std::move(answer->body),
                                                              std::string(answer->head.find("etag").value_or(""))});
                                     });
}

Head NetCoordinatorLine::head_of(const CoordinatorQuestion& question) const {
  Head head{{":method", question.method},     {":scheme", tls_ ? "https" : "http"},
            {":path", base_ + question.path}, {":authority", authority_of(server_)},
            {"user-agent", "zeroway"},        {"accept", "application/json"},
            {"x-backendai-token", secret_}};
  if (!question.body.empty()) head.add("content-type", "application/json");
  if (!question.etag.empty()) head.add("if-none-match", question.etag);
  return head;
}

Result<std::string> read_coordinator_secret(const std::string& file) {
  const auto content = read_file_text(file, kMostSecret);
  if (!content) return content.error();
  std::string secret(without_line_ends(*content));
  const auto is_word = [](char c) { return c > ' ' && c < 0x7f; };
  for (const char c : secret)
    if (!is_word(c)) return file_error(file, "wants one word, the coordinator's secret");
  if (secret.empty()) return file_error(file, "is empty, and should hold the coordinator's secret");
  return secret;
}

}  // namespace zeroway
