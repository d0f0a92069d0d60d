// All exchanges of one loop: makes them, finds them by key, ends them.
//
// Owner: Router keeps one per loop; a client session opens exchanges and passes the client's verbs.   Thread: one loop.
// An exchange is over when its client was told end or reset, or said reset(cancelled). For other codes, reset from the
// client says that the client broke a rule: the exchange answers with an error or resets its reply. Once it is over,
// its key is stale, and the session drops body bytes that the client still sends. Not here: the work of an exchange
// (exchange/exchange.h).
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proto/error.h"
#include "proto/stream_sink.h"
#include "router/exchange/access_judge.h"
#include "router/exchange/backend.h"
#include "router/exchange/client_info.h"
#include "router/exchange/open_request.h"
#include "router/exchange/reply_sink.h"
#include "router/observe/time.h"
#include "router/settings/terms.h"

namespace zeroway {

class ChallengeAnswers;  // router/exchange/challenges.h
class MemberSeal;        // router/exchange/member_seal.h
class PermitDesk;        // router/exchange/permit_desk.h
class RequestBook;       // router/observe/request_book.h
class Tracer;            // router/trace/tracer.h
class WallClock;         // router/observe/wall_clock.h
struct Counters;         // router/observe/counters.h

class Exchanges : public ExchangeFinder, public VerdictFinder {
 public:
  // `judge` outlives the exchanges. Without one, a request that is to be judged is 500. `tracer` too; without one,
  // requests are in no traces of ours.
  Exchanges(const ExchangeSettings& settings, Counters& counters, const WallClock& clock, AccessJudge* judge = nullptr,
            Tracer* tracer = nullptr);
  ~Exchanges() override;

  // Begins an exchange whose reply goes to `client`. `client` and `info` must stay until `client` was told end or
  // reset, or until the exchange was told reset through from_client(). The client's end may send kOpeningWindow bytes
  // of body at once, and more as it gets credit. The memory of an exchange that is over is reused only by an open()
  // that comes while no verb of any exchange runs: functions that a verb calls may open and end other exchanges.
  [[nodiscard]] ExchangeKey open(ReplySink& client, const ClientInfo& info, Kind kind, Time now);
  // A whole exchange for a request that the codec has refused: `client` gets the reply to `code` before the call
  // returns. `head` has what was read of the request, perhaps nothing; the access log shows its method and its path.
  void refuse(ReplySink& client, const ClientInfo& info, Head& head, Code code, Time now);
  // Where the client's verbs go; nothing for a stale key. Good for one verb: any verb may end the exchange.
  [[nodiscard]] StreamSink* from_client(ExchangeKey key);
  // The terms of the exchange's request, once its head was passed on; also for a stale key. Good until the next open().
  [[nodiscard]] const RequestTerms& terms(ExchangeKey key) const;
  // The client broke the protocol but is still answered: `code` becomes the reason in the access log. A stale key is
  // ignored.
  void blame_client(ExchangeKey key, Code code);
  // Where the backend's verbs go; nothing for a stale key. Good for one verb, too.
  [[nodiscard]] BackendEvents* find(ExchangeKey key) override;
  void decided(ExchangeKey key, Verdict verdict) override;

  // Answers requests for challenges by `who`, which outlives the exchanges.
  void answer_challenges(const ChallengeAnswers& who);
  // Names members in cookies by `seal`, which outlives the exchanges. Without it no client is bound to a member.
  void keep_clients_by(MemberSeal& seal);
  // Gives clients of circuits their permits by `desk`, which outlives the exchanges.
  void give_permits_by(PermitDesk& desk);
  // Whether `address` (numeric, without port or brackets) is in a network of ExchangeSettings::trusted_proxies.
  [[nodiscard]] bool trusts(std::string_view address) const;

  // Tells `book`, which outlives the exchanges, of the requests that are over.
  void keep_requests(RequestBook& book);
  // At most `most` of the requests that are open, the oldest first.
  [[nodiscard]] std::vector<OpenRequest> oldest(std::size_t most, Time now);
  // One of them; nothing for a stale key.
  [[nodiscard]] std::optional<OpenRequest> open_request(ExchangeKey key, Time now);
  // An operator closes the request: 503, or a reset once its reply has begun. False: the key is stale.
  bool close(ExchangeKey key);
  // All requests that this worker or server has. Returns how many there were. `member`: its display name.
  std::size_t close_of(std::string_view member);

  // Serves the deadlines that are due; to be called about every 100 ms.
  void sweep(Time now);
  [[nodiscard]] std::size_t size() const;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace zeroway
