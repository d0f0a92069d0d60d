// All exchanges of one loop: makes them, finds them by key, ends them.
//
// Owner: Router keeps one per loop; a client session makes exchanges and tells what its client said.   Thread: one
// loop. An exchange is over when its client was told end or reset, or said reset: then its key is stale, and what the
// client still sends of its body is the session's to drop.
// Not here: what an exchange does (exchange/exchange.h).
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "proto/stream_sink.h"
#include "router/exchange/backend.h"
#include "router/exchange/reply_sink.h"
#include "router/observe/time.h"
#include "router/settings/settings.h"

namespace zeroway {

class RequestLog;  // router/observe/request_log.h
class WallClock;   // router/observe/wall_clock.h
struct Counters;   // router/observe/counters.h

// Who the client is, as the connection knows it.
struct ClientInfo {
  std::string address;  // numeric, without port or brackets
  std::uint16_t port = 0;
  bool is_tls = false;
  std::string certificate_subject = {};    // of a verified client certificate, printable ASCII; "" without one
  std::string_view protocol = "HTTP/1.1";  // for the access log: a literal
};

class Exchanges : public ExchangeFinder {
 public:
  Exchanges(const ExchangeSettings& settings, Backend& backend, RequestLog& log, Counters& counters,
            const WallClock& clock);
  ~Exchanges() override;

  // Begins an exchange whose replies go to `client`, which must stay until it was told end or reset, or until the
  // exchange was told reset through from_client(). `info` must stay as long. The client's end may send kOpeningWindow
  // bytes of body at once, more as it is credited. Memory of exchanges that are over is used again by the first open()
  // made while no verb of any exchange is running: whatever a verb calls may open and end others.
  [[nodiscard]] ExchangeKey open(ReplySink& client, const ClientInfo& info, Time now);
  // Where the client's verbs go; nothing for a stale key. Good for one verb: any verb may end the exchange.
  [[nodiscard]] StreamSink* from_client(ExchangeKey key);
  // Its client broke the protocol, and is served to the end: the record's reason. Nothing for a stale key.
  void blame_client(ExchangeKey key, Code code);
  // Where the backend's verbs go; nothing for a stale key. Good for one verb, too.
  [[nodiscard]] BackendEvents* find(ExchangeKey key) override;

  // Whether `address` (numeric, without port or brackets) is in a network of ExchangeSettings::trusted_proxies.
  [[nodiscard]] bool trusts(std::string_view address) const;

  // Looks at deadlines; called every 100 ms or so.
  void sweep(Time now);
  [[nodiscard]] std::size_t size() const;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace zeroway
