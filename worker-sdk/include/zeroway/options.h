// A worker's options with their defaults: set in code, by the environment, or on a command line.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "zeroway/log.h"

namespace zeroway {

// A part of the requests that a router receives: the part that this worker serves.
struct ServedRoute {
  std::string host;        // "" or "*" = every host; "*.example.com" = every name below it
  std::string path = "/";  // starts with '/': the path and all below it; may end like a pattern, "/st/*", "/users/{id}"
};

// What speaks with the routers. Both engines speak the same protocol: a router does not see which one a worker has.
enum class Engine : std::uint8_t {
  loop,    // the SDK itself, on the worker's own thread
  libzmq,  // the library, which has two threads of its own
};

struct WorkerOptions {
  // Shown in logs and in X-Worker. 1 … 128 visible ASCII characters. Several workers may have the same name.
  std::string name = "worker";
  // The routers' fabric endpoints, "tcp://HOST:PORT", "srv://NAME" or "ipc://PATH". The worker serves all of these
  // routers. Empty = the environment's ZEROWAY_CONNECT (endpoints separated by commas), else tcp://127.0.0.1:8000.
  // While a router is not there, the worker dials it again and again, at most 0.6 s apart.
  //
  // HOST may be a name: the worker serves the routers at all addresses of the name, IPv4 and IPv6, and follows changes.
  // The name is looked up in /etc/hosts and DNS (no other source of nsswitch.conf) every 30 s, and after 1 to 5 s when
  // a lookup fails or a connection breaks. A lookup that fails changes nothing. The worker leaves an address, as stop()
  // would, when three answers in a row do not have it; when the connection to the address breaks, one such answer is
  // enough.
  //
  // "srv://NAME" asks DNS for the SRV records of NAME (RFC 2782), which name hosts and ports:
  // "_zeroway._tcp.example.com" or, for the same, "example.com". The worker serves the routers at all addresses of all
  // these hosts, up to 64 hosts, and follows changes as above: a record that is gone is an address that is gone.
  // Priorities and weights only say who is dialled first, because every router that clients may come to needs workers.
  // A router's port is 1 … 65534.
  std::vector<std::string> connect;
  // This worker's share of the traffic, compared with other workers. 1 … 1000.
  std::uint32_t weight = 1;
  // The most requests at once, over all routers. 1 … 1 000 000. A request above this number is refused at once, and the
  // router finds another worker or lets the request wait.
  std::uint32_t capacity = 1024;
  // The routes whose requests the routers send to this worker. Empty = the paths that its handlers answer
  // (Worker::handle). "/" alone = every path that no other worker claims, shared with all other such workers. At most
  // 1000 routes, together less than 64 KiB.
  std::vector<ServedRoute> routes;
  // The group of this worker: a route of a router's configuration may name the group, and then its workers share the
  // requests of that route. They get no others, whatever paths their handlers answer; `routes` must be empty. "" = no
  // group; else 1 … 64 of A-Z a-z 0-9 . _ -.
  std::string group;
  // The service of a session that this worker is a part of, as "SESSION/SERVICE": routers that serve sessions send it
  // the requests for /SESSION/SERVICE/, without that prefix, and no others (of a worker with TCP handlers only: its
  // connections, see Worker::tcp()). All workers that name the same app share
  // its requests. `routes` and `group` must be empty. "" = none; else each part is 1 … 64 of A-Z a-z 0-9 . _ ~ -.
  std::string app;
  // On standby the worker gets requests only while no active worker of what it serves is fit: none is there, or all
  // leave, hang or are held by an operator. It does not help out when they are only full. When an active worker is back
  // the new requests go there, and those in hand are finished here. Routers that do not know standby take the worker
  // for an active one.
  bool standby = false;

  // The number of threads for the handlers of Worker::handle, and for Worker::on_pool. 1 … 1024. At most this many of
  // these handlers and functions run at once; others wait for a thread. run() starts the threads if the worker has such
  // a handler, else the first on_pool() does.
  std::uint32_t threads = 16;
  // The largest request body, in bytes, that body() and inline handlers take. A larger body is answered with 413.
  std::size_t max_body = 1 << 20;
  // How long a worker that drains waits for its requests in hand. 0 … 1 day.
  std::chrono::milliseconds drain_timeout{30'000};

  // CURVE encryption; needed when a router's fabric can be reached from other hosts. `key_file` is a file with this
  // worker's secret key, as tools/keygen writes it. `router_key` is the router's public key: a file, or the 40
  // characters (Z85). Set both or neither.
  std::string key_file;
  std::string router_key;

  // What speaks with the routers.
  Engine engine = Engine::loop;

  // Whether the log also has a line for each connection that is made or lost, not only for faults.
  bool verbose = false;
  // The function that log lines go to: it takes (std::string_view line) or (LogLevel level, std::string_view line), see
  // zeroway/log.h. Empty = standard error, each line with time, level and the worker's name ("2026-11-29 10:44:37.123
  // info    worker-1: …"). While no process reads from standard error, lines are lost; no request is delayed.
  LogSink log;

  // Reads `NAME --connect ENDPOINT … --weight N --capacity N --threads N --route [HOST]/PATH … --group NAME
  // --app SESSION/SERVICE --standby --max-body SIZE --drain-timeout TIME --key FILE --router-key FILE|KEY --engine
  // loop|libzmq
  // --verbose --help
  // --version`. An option that is not given comes from the environment (ZEROWAY_CONNECT, ZEROWAY_WEIGHT,
  // ZEROWAY_CAPACITY, ZEROWAY_GROUP, ZEROWAY_APP, ZEROWAY_STANDBY (0 or 1), ZEROWAY_KEY, ZEROWAY_ROUTER_KEY,
  // ZEROWAY_ENGINE), then from `defaults`. Without NAME the name is the program's. --help (-h) prints the manual and
  // exits with 0, --version (-V) the SDK's version. A mistake is reported on stderr, with exit status 2; a positional
  // argument after NAME is a mistake.
  [[nodiscard]] static WorkerOptions from_command_line(int argc, char** argv, const WorkerOptions& defaults);
  [[nodiscard]] static WorkerOptions from_command_line(int argc, char** argv);

  // The same without exits: throws std::invalid_argument whose text names the option, the value and the range.
  // `arguments` does not contain the program's name. --help and --version are not known here.
  [[nodiscard]] static WorkerOptions parse(const std::vector<std::string>& arguments, const WorkerOptions& defaults);
  // Throws std::invalid_argument when a value is outside its range. The Worker's constructor calls it.
  void check() const;
};

}  // namespace zeroway
