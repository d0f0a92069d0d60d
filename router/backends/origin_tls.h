// The TLS rules for the servers of one pool: read once, when the pool is made, so that a wrong file is found then.
//
// Owner: ServersPool.   Thread: any; never changed. Rules are part of a pool, as its connections are: no connection
// that was made by other rules ever serves its requests. Not here: handshakes (router/net).
#pragma once
#include <optional>
#include <vector>

#include "proto/error.h"
#include "router/net/tls_client.h"
#include "router/plan/pool_spec.h"

namespace zeroway {

struct OriginTls {
  TlsClient any;         // offers all protocols that we speak
  TlsClient only_http1;  // for WebSockets
};

// One for each server, in the same order; nothing for those without TLS. The error names the file.
[[nodiscard]] Result<std::vector<std::optional<OriginTls>>> load_origin_tls(const std::vector<ServerSpec>& servers);

}  // namespace zeroway
