// One site of the plan: which of its routes takes a request, and what holds for all its replies.
//
// Owner: the plan (router/plan/plan.h), which never changes.   Thread: any.
//
//     every path: the redirect to https, where the site has one, unless a trusted proxy took the TLS off
//     the longest path wins:  own answers and the file's routes ── at a tie before ── claims of workers
//     nobody has the path:    files ── else, without files and without a route "/", the open pool ── else 404
//
// Not here: which site a request is for (router/plan/plan.h), what workers claim (router/fabric/claims.h).
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "router/plan/route.h"
#include "router/route/path_table.h"
#include "router/route/trusted_networks.h"
#include "router/settings/log_format.h"

namespace zeroway {

// The body of an error reply that replaces the router's own.
struct ErrorBody {
  std::string content;
  std::string type;  // content-type
};

// Where a line about each request goes, and its form.
struct AccessLog {
  std::size_t file = 0;  // index in Plan::log_files
  LogFormat format;
};

struct Site {
  std::string name;
  std::string client_authorities;          // TlsPolicy::client_authorities() of its TLS; "" = clients are not asked
  bool requires_certificate = false;       // every client must have shown one
  std::vector<ClientField> client_fields;  // of requests: the router tells in them of the client's certificate
  std::vector<std::string> certificate_fields;  // all such names of all sites: nobody else may send them
  PathTable<const Route*> routes;
  const AccessRules* access = nullptr;  // of requests that no route takes; null = every request passes
  const Route* to_https = nullptr;      // takes every request that came without TLS; null = none
  const Route* workers = nullptr;       // of the fabric: for paths that workers claim, and the open pool; null = closed
  // Of sessions of WAMP: for this path, while workers announce realms and none claims the path; null = none.
  const Route* wamp = nullptr;
  const Route* circuits = nullptr;           // they come before all other paths, and are made by this one; null = none
  std::vector<std::string> circuit_domains;  // SERVICE-SESSION.DOMAIN is a circuit, too; lower case
  const Route* setup = nullptr;              // gives clients of circuits their permits; null = there are none
  const Route* files = nullptr;              // of the folder; null = none
  bool is_open_pool_last = true;             // paths that nobody has go to the open pool
  bool makes_paths_canonical = false;
  std::optional<TrustedNetworks> trusted;      // whose forwarding fields are believed; none = those of the settings
  std::vector<std::size_t> required;           // backends that routes of the file name: ready when all of them are
  FieldChanges reply;                          // of all replies, also of the router's own
  FieldChanges own_reply;                      // of the router's own replies only
  std::map<int, ErrorBody> error_pages;        // by status
  std::string challenge_dir;                   // with answers of another ACME client; "" = none
  std::optional<AccessLog> log;                // none = no access log
  std::vector<std::string> secret_parameters;  // of queries: logs, spans and fields do not show their values
  std::vector<std::string> own_cookies;        // that the router sets: no backend gets them
  bool gives_ids = false;                      // each request has an id, and its backend gets the id
};

}  // namespace zeroway
