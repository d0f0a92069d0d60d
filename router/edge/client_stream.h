// One request of a client's connection: takes the exchange's replies and says them to the codec under its number.
//
// Owner: its client session, which uses it again for later requests.   Thread: the connection's loop.
// Not here: what the client said (edge/client_session.h).
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

  void begin(CodecStream number);

  void head(Head& head, Last last) override;
  void data(Bytes bytes) override;
  void piece(Bytes bytes, MessageKind kind, Last last) override;
  void end(Head& trailers) override;
  void reset(const Error& error) override;
  void credit(std::uint32_t bytes) override;
  [[nodiscard]] bool take_back() override;

  CodecStream number = 0;
  ExchangeKey exchange = 0;        // 0 = the request never became one
  ReplyLead lead;                  // said to the codec, not yet credited to the exchange
  bool has_reply_head = false;     // a final one: too late for an error reply
  bool has_request_ended = false;  // the client said all of it
  bool is_head_request = false;
  bool is_connect_request = false;  // a WebSocket's
  bool is_web_socket = false;       // and it was accepted

 private:
  void said(std::size_t bytes);

  ClientSession& session_;
};

}  // namespace zeroway
