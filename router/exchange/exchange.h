// One request with its reply, protocol-neutral: joins the client side to the backend side, and retries where that is
// safe.
//
//     client ──head data end──▶ header rules ──▶ body kept ──▶ backend stream ──▶ worker, server, folder
//            ◀──head data end── checks, header rules ◀──────── (perhaps the second or third)
//
// A request on a site or a route with rules of access is judged first:
//
//     unjudged ── pass at once, or no rules ──▶ admitted ── own answer, or streams until one of them answers ──▶ over
//        └─ later ──▶ judging ── pass ─────────────▲
//                        └─ refused, client gone, patience over ──▶ over
//
// While it is judged, the bytes of its body wait here, and the client gets no credit for more.
//
// A tunnel has two directions with an end each. It is over when both have ended, or at a reset:
//
//     open ── one direction ends: the half-closed limit begins ──▶ half-closed ── the other one ends ──▶ over
//       └── silent for the idle limit: reset ──▶ over ◀── silent for the half-closed limit: reset ──┘
//
// Owner: Exchanges, which pools them.   Thread: one loop.
// An exchange is over when its client was told end or reset, or said reset(cancelled). From then on it ignores every
// verb. Its memory stays unchanged while any verb runs: code called by a verb may end this exchange, open others and
// re-enter it. Not here: the backend, which also waits for room (exchange/backend.h), bytes (router/http).
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "proto/head.h"
#include "proto/stream_state.h"
#include "router/exchange/access_judge.h"
#include "router/exchange/challenges.h"
#include "router/exchange/exchange_record.h"
#include "router/exchange/exchanges.h"
#include "router/exchange/header_rules.h"
#include "router/exchange/max_forwards.h"
#include "router/exchange/open_request.h"
#include "router/exchange/permit_desk.h"
#include "router/exchange/request_body.h"
#include "router/exchange/retry_budget.h"
#include "router/exchange/routing.h"
#include "router/exchange/stickiness.h"
#include "router/net/timer_wheel.h"
#include "router/observe/complaints.h"
#include "router/observe/request_book.h"

namespace zeroway {

// The data that all exchanges of a loop share. Class Exchanges implements it.
struct ExchangeContext {
  ExchangeContext(const ExchangeSettings& settings, Counters& with_counters, const WallClock& with_clock,
                  AccessJudge* with_judge, Tracer* with_tracer);
  virtual ~ExchangeContext() = default;
  // The exchange is over: its key is stale at once, its memory stays unchanged until no verb runs.
  virtual void retire(ExchangeKey key) = 0;
  // Exchange::retry_now() of this exchange is to be called until it returns true.
  virtual void wait_for_budget(ExchangeKey key) = 0;
  // Called when the outermost verb has returned and some exchange waits for the budget.
  virtual void serve_waiting() = 0;

  Counters& counters;
  const WallClock& clock;
  ExchangeFinder* finder = nullptr;              // of the exchanges of this loop
  VerdictFinder* verdicts = nullptr;             // the same
  AccessJudge* const judge;                      // null: no plan has rules of access
  Tracer* const tracer;                          // null: requests are in no traces of ours
  const ChallengeAnswers* challenges = nullptr;  // null = none
  MemberSeal* seal = nullptr;                    // of members in cookies; null: no route keeps clients
  PermitDesk* permits = nullptr;                 // null: there are none
  RequestBook* book = nullptr;                   // of requests that failed or were slow; null = nobody keeps them
  RequestTerms terms;                            // of the request whose head came last
  HeaderRules rules;
  DateField date;
  RetryBudget budget;
  Complaints complaints;
  TimerWheel deadlines;
  RequestIds ids;
  const Time began;
  Time limit_told{};        // when an event last told of a request over its limit
  std::uint32_t depth = 0;  // verbs running now, one inside the other
  std::size_t waiting = 0;  // exchanges that wait for the budget
};

class Exchange {
 public:
  explicit Exchange(ExchangeContext& context)
      : context_(context), client_end_(*this), backend_end_(*this), deadline_(*this) {}

  // Begins a new request in the memory of an old one. See Exchanges::open.
  void begin(ExchangeKey key, ReplySink& client, const ClientInfo& info, Kind kind, Time now);

  [[nodiscard]] StreamSink& from_client() { return client_end_; }
  [[nodiscard]] BackendEvents& from_backend() { return backend_end_; }

  // See Exchanges::refuse.
  void refuse(Head& head, Code code);
  // See Exchanges::blame_client.
  void blame_client(Code code);
  // An operator closes the request.
  void close();
  // Only of an exchange whose head has come.
  [[nodiscard]] OpenRequest open_request(Time now) const;
  [[nodiscard]] std::string_view member() const { return record_.member(); }
  [[nodiscard]] bool has_head() const { return request_.has_started(); }
  [[nodiscard]] Time began() const { return record_.began(); }
  // The verdict that was to come later. Ignored when it was not.
  void decided(Verdict verdict);
  // Only while this exchange waits for the retry budget: opens the request again if the budget has a place.
  [[nodiscard]] bool retry_now();

 private:
  class ClientEnd final : public StreamSink {
   public:
    explicit ClientEnd(Exchange& exchange) : exchange_(exchange) {}
    void head(Head& head, Last last) override;
    void data(Bytes bytes) override;
    void piece(Bytes bytes, MessageKind kind, Last last) override;
    void end(Head& trailers) override;
    void reset(const Error& error) override;
    void credit(std::uint32_t bytes) override;

   private:
    Exchange& exchange_;
  };
  class BackendEnd final : public BackendEvents {
   public:
    explicit BackendEnd(Exchange& exchange) : exchange_(exchange) {}
    void accepted(const Holder& holder) override;
    void hand_over() override;
    void routes_changed() override;
    void head(Head& head, Last last) override;
    void data(Bytes bytes) override;
    void piece(Bytes bytes, MessageKind kind, Last last) override;
    void end(Head& trailers) override;
    void reset(const Error& error) override;
    void credit(std::uint32_t bytes) override;

   private:
    Exchange& exchange_;
  };

  // Rings when the reply, or the retry, is overdue.
  class Deadline final : public TimerWheel::Node {
   public:
    explicit Deadline(Exchange& exchange) : exchange_(exchange) {}
    void ring() override { exchange_.deadline_came(); }

   private:
    Exchange& exchange_;
  };

  // Until the request is over, what its verdict holds and changes.
  struct Marks {
    FieldEdits request, reply;
    std::unique_ptr<Held> held;
    std::string user;
  };
  enum class Stage : std::uint8_t { unjudged, judging, admitted };

  // request, from the client
  void request_head(Head& head, Last last);
  void refused_head(Head& head, Code code);
  void refuse_request(Code code);
  void refuse_content();
  void judge(const AccessRules& rules, const CircuitGuard* guard, Result<> found);
  void verdict_came(Verdict verdict);
  void obey(Verdict verdict, const Result<>& found);
  void keep_marks(Verdict& verdict);
  void hold(std::chrono::milliseconds patience, const Result<>& found);
  void stop_judging();
  void proceed(const Result<>& found);
  void change_request();
  void read_affinity();
  void answer_as_last();
  void join_trace(Trust trust);
  void answer_without_backend();
  void answer_setup();
  [[nodiscard]] bool is_secure() const;
  [[nodiscard]] bool answer_challenge();
  [[nodiscard]] const Route& route() const { return routing_.route(); }
  void request_data(Bytes bytes);
  void request_piece(Bytes piece, MessageKind kind, Last last);
  void request_end(Head& trailers);
  void request_reset(const Error& error);
  void request_credit(std::uint32_t bytes);
  void open_stream();
  // With all of the body that has come, at once.
  void open_again();
  void send_body();
  void send_end();
  [[nodiscard]] bool is_worker_due() const;
  void time_worker();
  void set_deadline();
  void deadline_came();

  // reply, from the backend
  void reply_accepted(const Holder& holder);
  void reply_hand_over();
  void reply_routes_changed();
  void reply_head(Head& head, Last last);
  void reply_interim(Head& head, Last last);
  void reply_final(Head& head, Last last);
  [[nodiscard]] const ErrorBody* page_in_place_of(int status) const;
  void replace_body(Head& head, Last last, const ErrorBody& page);
  void reply_data(Bytes bytes);
  void reply_piece(Bytes piece, MessageKind kind, Last last);
  void reply_end(Head& trailers);
  void reply_half_end(Head& trailers);
  void end_tunnel();
  void look_at_tunnel();
  [[nodiscard]] Time tunnel_due() const;
  void reply_reset(const Error& error);
  void reply_credit(std::uint32_t bytes);

  // retry
  void take_reply_back();
  [[nodiscard]] bool may_open_again(const Error& error) const;
  [[nodiscard]] bool may_ask_elsewhere(const Error& error, const Backend* failed) const;
  [[nodiscard]] bool may_retry(const Error& error) const;
  [[nodiscard]] bool is_idempotent() const;
  void pause();
  void give_budget_back();

  // ends
  void refuse_reply(std::string detail);
  void fail(const Error& error);
  void report(const Error& error);
  void count_limited(const Error& error);
  [[nodiscard]] std::string describe(const Error& error) const;
  void answer(Code code);
  void answer(Head& head, std::string_view content);
  void change_reply(Head& head, Reply whose);
  void send_whole(Head& head, std::string_view content);
  void finish(Head& trailers);
  void drop_stream(ResetCode code);
  void conclude();
  enum class Keep : bool { no, yes };
  // Whether the book of requests wants the request, which is over.
  [[nodiscard]] bool keeps(Time now) const;
  void tell(LogPlace place, Keep keep, Time now);
  void count(Time now);
  void count_web_socket();
  [[nodiscard]] bool is_upgrade() const;
  [[nodiscard]] std::string_view client_method() const;

  ExchangeContext& context_;
  ClientEnd client_end_;
  BackendEnd backend_end_;
  Deadline deadline_;

  ExchangeKey key_ = 0;
  Routing routing_;
  BackendStream stream_;  // none: not opened yet, lost, or over
  ReplySink* client_ = nullptr;
  const ClientInfo* info_ = nullptr;

  StreamState request_, reply_;
  Head request_head_;  // as the backend got it
  Head request_trailers_;
  RequestBody body_;
  Stage stage_ = Stage::unjudged;
  Forwarding forwarding_ = Forwarding::allowed;
  std::unique_ptr<Error> miss_;             // while judging: why nobody will answer, if the request passes
  std::unique_ptr<Marks> marks_;            // none = the verdict changes and holds nothing
  std::unique_ptr<Stickiness> stickiness_;  // none = any member of the backend may have the request
  bool is_over_ = true;
  bool is_head_request_ = false;
  Kind kind_ = Kind::request;
  bool is_web_socket_ = false;  // a WebSocket's opening, accepted or not answered yet
  bool is_tunnel_ = false;      // a tunnel that a backend has accepted
  bool is_sending_body_ = false;
  bool is_end_sent_ = false;      // the stream has the whole request
  bool awaits_continue_ = false;  // the client sends no body until the backend wants it
  bool has_budget_ = false;
  bool is_waiting_ = false;  // for the retry budget
  std::uint32_t retries_ = 0;
  std::uint32_t reopenings_ = 0;
  std::size_t elsewhere_ = 0;        // openings because a backend had nobody for the request
  const Backend* failed_ = nullptr;  // that backend, for the next opening; null = none

  bool has_length_ = false;  // the reply has a content-length and a body
  std::uint64_t length_left_ = 0;
  std::size_t interim_size_ = 0;  // of all interim heads so far

  Time reply_due_{};                 // Time{} = no limit
  Time retry_due_{};                 // while is_waiting_
  Time resume_at_{};                 // while this exchange pauses between two retries
  Time verdict_due_{};               // while judging
  Time moved_{};                     // of a tunnel: when it last carried bytes, or one direction ended
  RequestTally* tally_ = nullptr;    // where the request is counted as open; good while the routing has its plan
  bool is_web_socket_open_ = false;  // counted there
  CircuitUse::Counts use_counts_ = CircuitUse::Counts::yes;
  std::string silent_;  // who let the request wait for too long; good once it is opened again
  ExchangeRecord record_;
};

}  // namespace zeroway
