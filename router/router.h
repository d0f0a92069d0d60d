// The router as a whole: builds every loop with all its objects, runs the loops, and ends them in order.
//
// Owner: main, or a test.   Thread: the first loop runs on the thread that calls run(), each other loop on its own
// thread.
// SIGTERM and SIGINT drain, a second one ends at once; SIGHUP opens the logs again and reads certificates; SIGUSR1
// writes the counters. Not here: the work of any room; this is the only file that knows all rooms.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proto/error.h"
#include "router/settings/settings.h"

namespace zeroway {

struct Counters;
class Signals;
class LogFile;
class Timer;
class TlsKeeper;
struct TlsTerms;

class Socket;  // router/net/socket.h

class Router {
 public:
  explicit Router(Settings settings);
  ~Router();

  // Binds the fabric's endpoints and the HTTP port. The error names the endpoint or port that cannot be bound.
  [[nodiscard]] Result<> open();
  // Serves until the router is drained, or until its drain timeout has passed: returns 0. Returns 1 after a second
  // signal to end.
  [[nodiscard]] int run();

 private:
  struct Lane;  // a loop and all its objects

  [[nodiscard]] Result<> open_access_log();
  [[nodiscard]] Result<> open_lanes();
  [[nodiscard]] Result<> open_doors();
  [[nodiscard]] Result<> open_tls_doors();
  [[nodiscard]] Result<std::string> listen_in_lanes(std::uint16_t port, const std::function<void(Lane&, Socket)>& take);
  void use_tls(const TlsTerms& terms);
  void say_it_serves() const;
  void signal(int number);
  void drain();
  void lane_drained();
  void drain_timed_out();
  void stop();
  void reload();
  void report();
  void write_counters(Counters sum) const;
  struct Report;
  void gather(std::size_t index, Report report);

  Settings settings_;                    // not changed once open() has begun
  std::unique_ptr<LogFile> access_log_;  // none when it is off
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::unique_ptr<Signals> signals_;
  std::unique_ptr<Timer> drain_timer_;
  std::unique_ptr<TlsKeeper> tls_keeper_;  // none without TLS
  std::size_t drained_ = 0;
  std::string where_;      // HTTP
  std::string tls_where_;  // HTTPS; "" = nowhere
  bool is_draining_ = false;
  int exit_code_ = 0;
};

}  // namespace zeroway
