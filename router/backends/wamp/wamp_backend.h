// The backend of a path of WAMP, for one loop: each WebSocket is a client's transport, and each session on it a stream
// at whoever has the session's realm.
//
// Owner: the loop's plan.   Thread: that loop.
// A client's messages are translated into a serializer of its backend. Requests that open no WebSocket get a page that
// says what this is, or 426. Not here: a session (backends/wamp/wamp_session.h), realms of workers (router/fabric).
#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "router/backends/page_backend.h"
#include "router/backends/wamp/logouts.h"
#include "router/backends/wamp/realms.h"
#include "router/backends/wamp/wamp_book.h"
#include "router/backends/wamp/wamp_session.h"
#include "router/exchange/backend.h"
#include "router/net/loop.h"
#include "router/plan/wamp_spec.h"
#include "router/wamp/translator.h"

namespace zeroway {

class WampBackend final : public Backend, private ExchangeFinder, private TurnEnd {
 public:
  // `dialled`: the backends of spec.realms, in their order. `loop`, `workers` (null: none) and `book` outlive this
  // object.
  // `door`: null unless the path checks its clients itself.
  WampBackend(Loop& loop, WampSpec spec, std::vector<std::shared_ptr<Backend>> dialled, RealmSource* workers,
              WampBook& book, std::unique_ptr<const WampDoor> door = nullptr);
  ~WampBackend() override;

  // Backend
  [[nodiscard]] BackendStream open(const BackendRequest& request, ReplyTo reply_to) override;
  void data(StreamKey key, Bytes bytes) override;
  void piece(StreamKey key, Bytes bytes, MessageKind kind, Last last) override;
  void end(StreamKey key, const Head& trailers) override;
  void reset(StreamKey key, ResetCode code) override;
  void credit(StreamKey key, std::uint32_t bytes) override;
  void shut_down() override;
  // Whether a realm has somebody now.
  [[nodiscard]] bool is_ready() const override { return realms_.is_ready(); }
  // That of a path which nobody names in a file: while workers announce realms.
  [[nodiscard]] std::optional<std::size_t> claimed(std::string_view host, std::string_view path) const override;

  // Transports of clients that are open.
  [[nodiscard]] std::size_t size() const { return sessions_.size(); }

 private:
  // What is said at the end of the turn: nothing may be said before open() has returned.
  struct Answer {
    StreamKey key;
    ReplyTo reply_to;
    bool has_subprotocol = false;      // of a session that is accepted
    bool is_upgrade_required = false;  // else a session is accepted
  };

  // ExchangeFinder, for the realms' backends
  [[nodiscard]] BackendEvents* find(ExchangeKey key) override;
  void turn_end() override;

  [[nodiscard]] BackendStream open_session(const BackendRequest& request, ReplyTo reply_to);
  [[nodiscard]] BackendStream open_page(Page page, const BackendRequest& request, ReplyTo reply_to);
  [[nodiscard]] StreamKey next_key();
  [[nodiscard]] BackendStream promise(const Answer& answer);
  void answer(const Answer& answer);
  [[nodiscard]] RealmStream* open_realm(const RealmHost& host, const BackendRequest& request,
                                        RealmStreamEvents& events);
  [[nodiscard]] WampSession* session_of(StreamKey key) const;
  void log_out(const std::string& cookie);
  void remove_session(StreamKey key);
  void remove_stream(ExchangeKey key);

  Loop& loop_;
  const WampSpec spec_;
  const Realms realms_;
  Translator translator_;
  const std::unique_ptr<const WampDoor> door_;
  WampParts parts_;
  Page page_;  // of the request that is being opened
  PageBackend pages_{loop_, [this](const Head&) -> const Page& { return page_; }, kWampName};
  boost::unordered_flat_map<ExchangeKey, std::unique_ptr<RealmStream>> streams_;
  boost::unordered_flat_map<StreamKey, std::unique_ptr<WampSession>> sessions_;
  std::vector<Answer> answers_;
  // Until the end of the turn: one of their functions may still run.
  std::vector<std::unique_ptr<WampSession>> over_sessions_;
  std::vector<std::unique_ptr<RealmStream>> over_streams_;
  StreamKey last_session_ = 0;
  ExchangeKey last_stream_ = 0;
  bool is_ending_ = false;
  std::optional<Logouts> logouts_;  // of a path with cookies
};

}  // namespace zeroway
