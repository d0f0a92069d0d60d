// One request of a client's connection: passes the exchange's reply to the codec under the request's number.
//
// Owner: its client session, which reuses the object for later requests.   Thread: the connection's loop.
// Not here: what the client sent (edge/client_session.h).
#pragma once
#include <cstdint>

#include "router/edge/reply_lead.h"
#include "router/exchange/backend.h"
#include "router/exchange/reply_sink.h"
#include "router/http/codec.h"

namespace zeroway {

class ClientSession;

class ClientStream final : public ReplySink {
 public:
  explicit ClientStream(ClientSession& session) : session_(session) {}

  void begin(CodecStream number, Time now);

  void head(Head& head, Last last) override;
  void accept_web_socket(Head& head, const WebSocketTerms& terms) override;
  void data(Bytes bytes) override;
  void piece(Bytes bytes, MessageKind kind, Last last) override;
  void end(Head& trailers) override;
  void reset(const Error& error) override;
  void credit(std::uint32_t bytes) override;
  void refuse_content() override;
  void hand_over() override;
  void over() override;
  [[nodiscard]] bool take_back() override;

  CodecStream number = 0;
  Kind request_kind = Kind::request;
  Time began{};
  ExchangeKey exchange = 0;        // 0 = the request has no exchange
  ReplyLead lead;                  // bytes that the codec has and that were not credited to the exchange
  bool has_reply_head = false;     // the final head was sent: too late for an error reply
  bool has_request_ended = false;  // the client sent the whole request
  bool is_web_socket = false;      // an opening that a backend has accepted
  bool is_accepted = false;        // the status of the final head is 200

 private:
  void said(std::size_t bytes);
  [[nodiscard]] bool is_open_tunnel() const { return request_kind == Kind::tunnel && is_accepted; }

  ClientSession& session_;
};

}  // namespace zeroway
