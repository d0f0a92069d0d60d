#include "zeroway/websocket.h"

#include "socket_side.h"

namespace zeroway {

WebSocket::WebSocket(SocketSide& side) : RequestBase(side) {}
SocketSide* WebSocket::side() const { return static_cast<SocketSide*>(side_); }

// A list, or several fields: the same (RFC 9110 §5.3).
bool WebSocket::offers(std::string_view subprotocol) const {
  for (const FieldView field : fields()) {
    if (field.name != "sec-websocket-protocol") continue;
    for (std::string_view left = field.value; !left.empty();) {
      std::string_view one = left.substr(0, left.find(','));
      left.remove_prefix(std::min(one.size() + 1, left.size()));
      while (!one.empty() && (one.front() == ' ' || one.front() == '\t')) one.remove_prefix(1);
      while (!one.empty() && (one.back() == ' ' || one.back() == '\t')) one.remove_suffix(1);
      if (one == subprotocol) return true;
    }
  }
  return false;
}

void WebSocket::accept(std::string_view subprotocol, FieldInit fields) { side()->accept(subprotocol, fields); }
void WebSocket::refuse(int status, std::string_view body, FieldInit fields) { side()->refuse(status, body, fields); }
void WebSocket::close(int code, std::string_view reason) { side()->close_with(code, reason); }
void WebSocket::abort(int code, std::string_view reason) { side()->abort_with(code, reason); }
void WebSocket::on_drain(std::function<void()> leave) { side()->leave_by(std::move(leave)); }
bool WebSocket::is_closed() const { return side()->is_over(); }
int WebSocket::close_code() const { return side()->close_code(); }
std::string_view WebSocket::close_reason() const { return side()->close_reason(); }
void WebSocket::post_text(std::string_view text) { side()->post({text, true}); }
void WebSocket::post_binary(std::string_view bytes) { side()->post({bytes, false}); }
std::size_t WebSocket::backlog() const { return side()->backlog(); }

bool WebSocket::Receive::await_ready() {
  side_->accept({}, {});
  return side_->has_message(limit_);
}
void WebSocket::Receive::await_suspend(std::coroutine_handle<> awaiter) { side_->wait_for_message(awaiter, limit_); }
std::optional<WebSocketMessage> WebSocket::Receive::await_resume() { return side_->take_message(); }

bool WebSocket::ReceivePiece::await_ready() {
  side_->accept({}, {});
  return side_->has_piece();
}
void WebSocket::ReceivePiece::await_suspend(std::coroutine_handle<> awaiter) { side_->wait_for_piece(awaiter); }
std::optional<WebSocketPiece> WebSocket::ReceivePiece::await_resume() { return side_->take_piece(); }

bool WebSocket::Send::await_ready() { return side_->put(piece_); }
void WebSocket::Send::await_suspend(std::coroutine_handle<> awaiter) { side_->wait_for_credit(awaiter); }
void WebSocket::Send::await_resume() { side_->throw_if_over(); }

bool WebSocket::Sleep::await_ready() { return side_->is_over(); }
void WebSocket::Sleep::await_suspend(std::coroutine_handle<> awaiter) { side_->wait_to_wake(awaiter, duration_); }
void WebSocket::Sleep::await_resume() { side_->throw_if_over(); }

}  // namespace zeroway
