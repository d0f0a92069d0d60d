// What a worker can be told, with its defaults. From code, from the environment, or from a command line.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "zeroway/log.h"

namespace zeroway {

// A part of the router's space that this worker serves.
struct ServedRoute {
  std::string host;        // "" or "*" = every host; "*.example.com" = every name below it
  std::string path = "/";  // starts with '/': the path and all below it; may end like a pattern, "/st/*", "/users/{id}"
};

struct WorkerOptions {
  // Shown in logs and in X-Worker. 1 … 128 visible ASCII characters. Several workers may have the same name.
  std::string name = "worker";
  // The routers' fabric endpoints, "tcp://HOST:PORT" or "ipc://PATH". The worker serves all of them. Empty = the
  // environment's ZEROWAY_CONNECT (endpoints separated by commas), else tcp://127.0.0.1:8000. A router that is not
  // there yet is dialled until it is, at most 0.6 s apart.
  //
  // HOST may be a name: the worker serves the routers at all its addresses, IPv4 and IPv6, and follows it. The name is
  // looked up in /etc/hosts and DNS (no other source of nsswitch.conf) every 30 s, and after 1 to 5 s when a lookup
  // fails or a connection breaks. A lookup that fails changes nothing. An address that three answers in a row do not
  // have is left as by stop(), and so is, after one answer, an address whose connection breaks.
  std::vector<std::string> connect;
  // Share of the traffic compared with other workers. 1 … 1000.
  std::uint32_t weight = 1;
  // Requests at once, over all routers. 1 … 1 000 000. What is above is refused at once, and the router finds another
  // worker or lets it wait.
  std::uint32_t capacity = 1024;
  // What the routers send here. Empty = what the handlers answer (Worker::handle). "/" alone = every path that no other
  // worker claims, shared with all other such workers. At most 1000, together less than 64 KiB.
  std::vector<ServedRoute> routes;

  // Threads for the handlers of Worker::handle, and for Worker::on_pool: started by run() when there is such a handler,
  // else by the first on_pool(). 1 … 1024. As many
  // requests of that kind are worked on at once; others wait their turn.
  std::uint32_t threads = 16;
  // The largest request body that body() and inline handlers take, in bytes; above it the answer is 413.
  std::size_t max_body = 1 << 20;
  // How long SIGTERM waits for requests in hand. 0 … 1 day.
  std::chrono::milliseconds drain_timeout{30'000};

  // CURVE encryption (needed when a router's fabric is reachable beyond its host). `key_file`: file with this worker's
  // secret key, as tools/keygen writes it. `router_key`: the router's public key, a file or the 40 characters (Z85).
  // Both or none.
  std::string key_file;
  std::string router_key;

  // Whether to log each connection and drop, not only what is wrong.
  bool verbose = false;
  // Where log lines go: a function of (std::string_view line) or of (LogLevel level, std::string_view line), see
  // zeroway/log.h. Empty = standard error, each line with time, level and the worker's name ("2026-11-29 10:44:37.123
  // info    worker-1: …"); while nobody reads that, lines are lost and no request is delayed.
  LogSink log;

  // Reads `NAME --connect ENDPOINT … --weight N --capacity N --threads N --route [HOST]/PATH … --max-body SIZE
  // --drain-timeout TIME --key FILE --router-key FILE|KEY --verbose --help --version`. What is not given comes from the
  // environment (ZEROWAY_CONNECT, ZEROWAY_WEIGHT, ZEROWAY_CAPACITY, ZEROWAY_KEY, ZEROWAY_ROUTER_KEY), then from
  // `defaults`. Without NAME the name is the program's. --help (-h) prints the manual and exits 0, --version (-V) the
  // SDK's version. Anything wrong is told on stderr, with exit status 2. Positional arguments after NAME are wrong.
  [[nodiscard]] static WorkerOptions from_command_line(int argc, char** argv, const WorkerOptions& defaults);
  [[nodiscard]] static WorkerOptions from_command_line(int argc, char** argv);

  // The same without exits: throws std::invalid_argument whose text names the option, the value and the range.
  // `arguments` is without the program's name. --help and --version are not
  // known here.
  [[nodiscard]] static WorkerOptions parse(const std::vector<std::string>& arguments, const WorkerOptions& defaults);
  // Throws std::invalid_argument when a value is outside its range. The Worker's constructor calls it.
  void check() const;
};

}  // namespace zeroway
