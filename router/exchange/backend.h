// The backend side of an exchange: who answers requests.
//
// Owner: Router keeps each backend.   Thread: one loop.
// A backend answers whoever opens a stream: an exchange, or another backend that wraps this one.
// Not here: how a backend answers (router/fabric, router/backends); when a request is tried again
// (exchange/exchange.h).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/kind.h"
#include "proto/stream_sink.h"
#include "router/exchange/client_info.h"
#include "router/exchange/member_facts.h"
#include "router/route/part_chooser.h"

namespace zeroway {

struct Route;  // router/plan/route.h

using ExchangeKey = std::uint64_t;  // 0 = none; a stale key finds nothing
using StreamKey = std::uint32_t;    // 0 = none; a stale key is quietly ignored

// Who holds a stream. Good until the call returns.
struct Holder {
  std::string_view name;  // as people see it
  std::string_view
      identity;  // what tells it from all others of its backend, also for other loops; "" = it is the only one
};

// The events of a backend's stream: the verbs, and which worker or server took the stream.
class BackendEvents : public StreamSink {
 public:
  // A worker or a server holds the stream now. Called at most once for each opening, before any other verb.
  virtual void accepted(const Holder& holder) = 0;
  // The client of this long stream is to come again, orderly, because another member of the backend should have it. The
  // stream goes on until the client ends it. Called at most once for a stream, and only once its reply has begun.
  virtual void hand_over() {}
  // Nobody holds the stream yet, and workers announce more than they did: the request may be another backend's now. The
  // stream goes on unless the exchange resets it.
  virtual void routes_changed() {}
};

// Finds the exchange that a backend's verbs are for, or nothing when the exchange is over.
class ExchangeFinder {
 public:
  virtual ~ExchangeFinder() = default;
  [[nodiscard]] virtual BackendEvents* find(ExchangeKey key) = 0;
};

// Whom a stream answers, or nobody any more.
struct ReplyTo {
  ExchangeFinder* finder = nullptr;  // outlives every stream that it opened
  ExchangeKey key = 0;

  [[nodiscard]] BackendEvents* find() const { return key == 0 ? nullptr : finder->find(key); }
  void forget() { key = 0; }
};

// Whether an earlier stream of the request was lost: then the request goes to a worker that is known to answer, or to
// a server by a new connection.
enum class Attempt : bool { first, again };

class Backend;

// Which member of a backend a request should go to, so that its client stays with that member.
struct Affinity {
  std::vector<std::string> members;  // identities, the first that is there counts; none = as the backend balances
  std::string key;                   // the same key goes to the same member, as long as that one has room; "" = no key
};

// Good until open() returns, except `route`, which stays as long as the stream, and `client`, as long as its
// connection.
struct BackendRequest {
  const Head& head;  // a WebSocket's opening is CONNECT with :protocol, over any version of HTTP (RFC 8441)
  Last last;
  Kind kind;
  Attempt attempt;
  const Route& route;
  const ClientInfo& client;
  std::string_view silent{};           // the display name of who let the request wait for too long; "" = nobody
  const Backend* failed = nullptr;     // where nobody had room for the request just now; null = nowhere
  const Affinity* affinity = nullptr;  // null = any member may have the request
};

// The stream that somebody has open at a backend: who answers, and by which key. Without a key there is none.
struct BackendStream {
  Backend* backend = nullptr;
  StreamKey key = 0;

  [[nodiscard]] bool is_open() const { return key != 0; }
  void data(Bytes bytes) const;
  void piece(Bytes bytes, MessageKind kind, Last last) const;
  void end(const Head& trailers) const;
  void reset(ResetCode code) const;
  void credit(std::uint32_t bytes) const;
};

// A backend that no plan has any more is destroyed once the last exchange that pinned such a plan is over.
class Backend {
 public:
  virtual ~Backend() = default;

  // Begins a stream that answers `reply_to`. No verb of `reply_to` is called before open() returns (failures come in
  // the same turn's end at the earliest). The caller may send kOpeningWindow bytes of body at once, and more as it gets
  // credit. The backend may send kFirstReplyWindow bytes of reply at once, and more as it gets credit. After end or
  // reset from the backend the key is stale. The stream may belong to another backend: one that wraps another may hand
  // it a request with `reply_to` as it came, and has no part in that stream any more.
  [[nodiscard]] virtual BackendStream open(const BackendRequest& request, ReplyTo reply_to) = 0;
  virtual void data(StreamKey stream, Bytes bytes) = 0;
  // Like data(), on a WebSocket. Called only on backends that serve WebSockets.
  virtual void piece(StreamKey, Bytes, MessageKind, Last) {}
  virtual void end(StreamKey stream, const Head& trailers) = 0;
  // Resets the stream. The key is stale at once, and `reply_to` gets no more verbs of this stream.
  virtual void reset(StreamKey stream, ResetCode code) = 0;
  virtual void credit(StreamKey stream, std::uint32_t bytes) = 0;
  // The router leaves, and its connections are about to be told so: streams whose protocol has a word for it say it.
  virtual void shut_down() {}

  // How much room there is for the request on this loop. For a backend that picks one of several.
  [[nodiscard]] virtual PartState state(const BackendRequest&) const { return {}; }
  // Whether a member that request.affinity names could take requests now, or when it has room.
  [[nodiscard]] virtual bool has_wanted_member(const BackendRequest&) const { return false; }
  // How many others than `failed`, which had nobody for a request, could answer now: so often a request may be opened
  // again for want of somebody.
  [[nodiscard]] virtual std::size_t alternatives(const Backend& failed) const {
    static_cast<void>(failed);
    return 0;
  }
  // Whether somebody could answer now.
  [[nodiscard]] virtual bool is_ready() const { return true; }
  // How many bytes of the path the closest claim of this backend's workers names; nothing when no worker claims it.
  [[nodiscard]] virtual std::optional<std::size_t> claimed(std::string_view, std::string_view) const {
    return std::nullopt;
  }
  // Those who answer the requests of this backend, for the operator.
  [[nodiscard]] virtual std::vector<MemberFacts> members() const { return {}; }
};

inline void BackendStream::data(Bytes bytes) const { backend->data(key, bytes); }
inline void BackendStream::piece(Bytes bytes, MessageKind kind, Last last) const {
  backend->piece(key, bytes, kind, last);
}
inline void BackendStream::end(const Head& trailers) const { backend->end(key, trailers); }
inline void BackendStream::reset(ResetCode code) const { backend->reset(key, code); }
inline void BackendStream::credit(std::uint32_t bytes) const { backend->credit(key, bytes); }

}  // namespace zeroway
