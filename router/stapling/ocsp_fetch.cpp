#include "router/stapling/ocsp_fetch.h"

#include <utility>

#include "router/backends/origin_head.h"
#include "router/settings/member_url.h"
#include "router/stapling/limits.h"

namespace zeroway {

namespace {

Head request_of(const ServerSpec& server, const std::string& path) {
  return Head{{":method", "POST"},
              {":scheme", "http"},
              {":path", path},
              {":authority", authority_of(server)},
              {"user-agent", "zeroway"},
              {"accept", "application/ocsp-response"},
              {"content-type", "application/ocsp-request"}};
}

Error failed(const std::string& url, const std::string& why) {
  return {Fault::backend, Code::backend_lost, true, url + ": " + why};
}

}  // namespace

OcspFetch::OcspFetch(Loop& loop, OriginDialer& dialer, const OcspQuestion& question, Done done)
    : loop_(loop), url_(question.url), done_(std::move(done)) {
  const auto url = read_member_url(url_);
  if (!url || url->scheme != MemberScheme::http) {
    refusal_ = "its URL " + (url ? "is not http" : url.error().detail);
    loop_.at_turn_end(*this);
    return;
  }
  server_.name = url_;
  server_.host = url->host;
  server_.port = url->port;
  const std::string path = url->base + (url->base.empty() || url_.ends_with('/') ? "/" : "");
  const OriginWish wish{.server = server_, .only_http1 = true};
  call_ = std::make_unique<HttpCall>(loop, dialer, wish,
                                     HttpQuestion{.head = request_of(server_, path),
                                                  .body = question.body,
                                                  .timeout = kOcspTimeout,
                                                  .most_body = kMaxOcspAnswer},
                                     [this](Result<HttpAnswer> answer) { answered(std::move(answer)); });
}

OcspFetch::~OcspFetch() { loop_.forget_turn_end(*this); }

void OcspFetch::turn_end() {
  const Done done = std::move(done_);
  done(failed(url_, refusal_));
}

void OcspFetch::answered(Result<HttpAnswer> answer) {
  const Done done = std::move(done_);
  if (!answer) return done(failed(url_, answer.error().detail));
  const int status = answer->head.status();
  if (status != 200 || answer->body.empty())
    return done(failed(url_, "status " + std::to_string(status) + ", without an answer"));
  done(std::move(answer->body));
}

}  // namespace zeroway
