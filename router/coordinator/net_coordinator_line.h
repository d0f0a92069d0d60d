// The coordinator at the end of a connection: HTTP/1.1, a connection for each question.
//
// Owner: RouterCoordinator (router/router_coordinator.h).   Thread: its loop.
// It is a client of its own: its requests pass no listener of this process.
// Not here: when to ask (coordinator/coordinator_client.h), names and addresses (router/net).
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "proto/error.h"
#include "router/backends/http_call.h"
#include "router/backends/net_origin_dialer.h"
#include "router/coordinator/coordinator_line.h"
#include "router/http/client_codec.h"
#include "router/net/dialer.h"
#include "router/net/loop.h"
#include "router/net/resolver.h"
#include "router/settings/coordinator_settings.h"

namespace zeroway {

class NetCoordinatorLine final : public CoordinatorLine {
 public:
  // `secret`: shown in each request. The error is that of TLS files.
  [[nodiscard]] static Result<std::unique_ptr<NetCoordinatorLine>> make(Loop& loop, const CoordinatorSettings& settings,
                                                                        std::string secret);
  ~NetCoordinatorLine() override;

  void ask(CoordinatorQuestion question, Done done) override;

 private:
  NetCoordinatorLine(Loop& loop, const CoordinatorSettings& settings, std::optional<OriginTls> tls, std::string secret);
  [[nodiscard]] Head head_of(const CoordinatorQuestion& question) const;

  Loop& loop_;
  const ServerSpec server_;
  const std::string base_;
  const std::string secret_;
  const std::optional<OriginTls> tls_;
  const ClientCodecSettings codecs_;
  Resolver resolver_;
  Dialer dialer_;
  NetOriginDialer origins_;
  std::unique_ptr<HttpCall> call_;  // the last one; over or not
};

// The secret in the operator's file, without the line end behind it. The error names the file.
[[nodiscard]] Result<std::string> read_coordinator_secret(const std::string& file);

}  // namespace zeroway
