// The operator's choices, as plain structs. The defaults are the zero-config router.
//
// Owner: Router keeps one and hands const references down.   Thread: any; never changed after the start.
// Not here: sites (settings/sites.h), reading a command line (settings/command_line.h) or a file
// (settings/settings_file.h).
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proto/limits.h"
#include "router/settings/log_format.h"
#include "router/settings/sites.h"
#include "router/settings/tls_settings.h"
#include "router/settings/web_socket_settings.h"

namespace zeroway {

// Limits for a client: sizes of its requests, and times. Read by http (sizes) and edge (times).
struct HttpLimits {
  std::size_t max_head = 65'536;                  // bytes of a request's head, HTTP/2: decoded (RFC 9113 §6.5.2): 431
  std::size_t max_request_line = 16'384;          // 414
  std::size_t max_fields = 200;                   // fields in a head: 431
  std::uint64_t max_body = 0;                     // bytes of a request body, 0 = no limit: 413
  Millis head_timeout{10'000};                    // first byte of a request to the end of its head: 408
  Millis body_timeout{30'000};                    // between two reads of a body: 408
  std::uint64_t body_rate = 240;                  // bytes/s of a body we wait for, over body_timeout, 0 = any: 408
  Millis half_close_timeout{5'000};               // client's FIN to its reply's head, else cancelled; 0 = at once
  Millis idle_timeout{75'000};                    // keep-alive connection with no request: closed
  Millis send_timeout{30'000};                    // client takes no byte of its queue: dropped
  std::uint64_t send_rate = 240;                  // bytes/s the client takes, over send_timeout, 0 = any: dropped
  std::size_t max_connections = 10'000;           // per loop; more are not accepted until one closes
  std::size_t max_connections_per_address = 0;    // per loop, IPv6 by /64, 0 = no limit; more are closed at once
  std::uint32_t connection_rate_per_address = 0;  // per second and loop, IPv6 by /64, 0 = no limit; more are closed
  std::uint32_t max_streams = 128;                // requests at once on one HTTP/2 connection; more are refused

  bool operator==(const HttpLimits&) const = default;
};

struct EdgeSettings {
  std::string address = "";   // "" = every address, IPv6 and IPv4
  std::uint16_t port = 9000;  // 0 = any free port, said in the log
  TlsSettings tls;
  HttpLimits limits;
  WebSocketSettings web_sockets;

  bool operator==(const EdgeSettings&) const = default;
};

struct ExchangeSettings {
  std::vector<std::string> trusted_proxies;  // networks in CIDR form whose forwarding fields are believed
  bool worker_header = true;                 // X-Worker on replies
  std::uint32_t retries = 2;                 // openings of a possibly seen request after the first
  std::uint32_t retry_budget_percent = 20;   // of open streams may be retries at any time
  std::uint32_t retry_budget_floor = 10;     // retries always allowed at once, however few streams are open
  StickySettings sticky{};                   // of routes that say nothing else
  std::string sticky_key_file{};             // the key of its cookies; "" = one of state_dir, else a new one each start
  std::string wamp_path = "/ws";             // of sessions whose realms workers announce; "" = none
  Millis reply_timeout{0};  // for a worker that has the whole request, or gives no credit, to reply: 504; 0 = any

  bool operator==(const ExchangeSettings&) const = default;
};

enum class Balance : std::uint8_t { round_robin, weighted, least_connections };
enum class EngineKind : std::uint8_t { loop, libzmq };

struct FabricSettings {
  std::string endpoint = "tcp://127.0.0.1:8000";
  EngineKind engine = EngineKind::loop;  // who speaks ZMTP with the workers: the loop itself, or libzmq's threads
  Balance balance = Balance::round_robin;
  std::uint32_t rebalance = 0;       // long streams of a pool handed over in a second after a worker joined; 0 = none
  Millis queue_timeout{5'000};       // a stream waits this long for a worker: 503
  std::size_t queue_limit = 10'000;  // streams waiting per loop: 503
  std::size_t unaccepted_limit =
      10'000;  // dealt streams per loop that no worker has accepted; more are steered: bounds the deal pipe
  Millis heartbeat_interval{kDefaultHeartbeatInterval};
  Millis heartbeat_timeout{kDefaultHeartbeatTimeout};
  Millis ping_late{100};              // a dealt ping that takes longer makes the table uneven
  bool insecure = false;              // bind beyond loopback without CURVE
  std::string key_file;               // CURVE secret key of the router
  std::string allow_file;             // public keys of workers that may connect; "" with a key = any
  std::uint32_t first_stream_id = 0;  // 0 = random; a test seeds it to see ids wrap

  bool operator==(const FabricSettings&) const = default;
};

struct ObserveSettings {
  bool verbose = false;    // -v
  bool to_stdout = false;  // -s; else standard error
  std::string log_file;    // "" = none
  std::string access_log;  // "" = off, "-" = standard output. Of sites that say nothing else, and of no site
  LogFormat access_format;

  bool operator==(const ObserveSettings&) const = default;
};

struct Settings {
  EdgeSettings edge;
  ExchangeSettings exchange;
  FabricSettings fabric;
  ObserveSettings observe;
  ManagementSettings management;
  std::uint32_t threads = 1;                   // loops
  bool io_uring = true;                        // many sends by one call, where the kernel allows io_uring
  Millis drain_timeout{30'000};                // after SIGTERM: how long open requests may take
  std::string state_dir = "/var/lib/zeroway";  // what the router keeps over a restart, as its own certificates
  std::string pid_file;                        // written at the start, removed at the end; "" = none
  std::string files;                           // a folder that the one site without a file serves; "" = none
  std::vector<TcpSettings> tcp;                // --tcp
  std::vector<RawSocketListener> raw_sockets;  // --rawsocket
  SessionSettings sessions;                    // of sites that say nothing else, and of the one without a file
  std::optional<FileSettings> file;  // what -c FILE says beyond the above; its sites say where clients are accepted

  bool operator==(const Settings&) const = default;
};

}  // namespace zeroway
