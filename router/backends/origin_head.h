// The head of a request as one server gets it: with its host, and below its base path. The way back for its reply.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: the fields that the router adds or removes (router/exchange/header_rules.h).
#pragma once
#include <string>
#include <string_view>

#include "proto/head.h"
#include "router/plan/pool_spec.h"
#include "router/plan/route.h"

namespace zeroway {

// The server's own host, and its port unless that is the scheme's default; IPv6 in brackets. "localhost" for a unix
// socket.
[[nodiscard]] std::string authority_of(const ServerSpec& server);

struct OriginTerms {
  std::string_view authority;       // the server's own
  std::string_view base_path = {};  // "" = none
  std::string_view scheme = {};     // "http" or "https"; "" = as the client's
  bool preserve_host = true;
};

// Whether the server gets `head` as it is.
[[nodiscard]] bool fits(const Head& head, const OriginTerms& terms);
// Makes `out` the head that the server gets. `out` is another head, and keeps its memory.
void write_origin_head(const Head& head, const OriginTerms& terms, Head& out);
// Takes the server's own host and base path out of the paths that its reply names, where the route wants that.
void read_origin_head(Head& reply, const ServerSpec& server, const Route& route);

}  // namespace zeroway
