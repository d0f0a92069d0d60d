#include "router/edge/client_stream.h"

#include "router/edge/client_session.h"

namespace zeroway {

void ClientStream::begin(CodecStream new_number, Time now) {
  number = new_number;
  began = now;
  exchange = 0;
  lead = {};
  has_reply_head = has_request_ended = is_web_socket = is_accepted = false;
}

void ClientStream::head(Head& head, Last last) {
  has_reply_head = has_reply_head || head.status() >= 200;
  is_accepted = head.status() == 200;
  session_.codec().head(number, head, last);
  if (request_kind == Kind::web_socket)
    session_.offer_at_turn_end();  // the client may have sent bytes before the answer
  session_.ask_turn_end();
}

void ClientStream::accept_web_socket(Head& head, const WebSocketTerms& terms) {
  has_reply_head = is_web_socket = true;
  session_.codec().accept_web_socket(number, head, terms);
  session_.offer_at_turn_end();  // as above
}

void ClientStream::data(Bytes bytes) {
  session_.codec().data(number, bytes);
  said(bytes.size());
  session_.ask_turn_end();
}

void ClientStream::piece(Bytes bytes, MessageKind kind, Last last) {
  session_.codec().piece(number, bytes, kind, last);
  said(message_credit(bytes.size()));
  session_.ask_turn_end();
}

void ClientStream::said(std::size_t bytes) {
  lead.said(static_cast<std::uint32_t>(bytes));
  if (!session_.holds_replies()) lead.written(static_cast<std::uint32_t>(bytes));
}

void ClientStream::end(Head& trailers) {
  session_.codec().end(number, trailers);
  if (is_open_tunnel()) return session_.ask_turn_end();  // the client may go on
  session_.finish(*this);
}

void ClientStream::over() { session_.finish(*this); }

void ClientStream::reset(const Error& error) {
  session_.codec().reset(number, error);
  // A reply that ends with its connection must not look complete (RFC 9112 §9.8). A WebSocket needs no cut: its Close
  // says how it ended.
  if (has_reply_head && !is_web_socket && session_.codec().phase() == CodecPhase::closed) session_.cut();
  session_.finish(*this);
}

void ClientStream::refuse_content() { session_.codec().refuse_content(number); }

void ClientStream::hand_over() {
  session_.codec().hand_over(number);
  session_.ask_turn_end();
}

bool ClientStream::take_back() {
  if (!session_.codec().take_back(number)) return false;
  has_reply_head = false;
  lead = {};  // no byte of the reply was credited yet, or the byte would have left
  return true;
}

void ClientStream::credit(std::uint32_t bytes) {
  session_.codec().credit(number, bytes);
  session_.offer_at_turn_end();
}

}  // namespace zeroway
