#include "chat.h"

#include "page.h"

using zeroway::Task;
using zeroway::WebSocket;

namespace {

constexpr std::size_t kMaxName = 60;    // bytes, of persons and rooms: the page's 20 characters always fit
constexpr std::size_t kMaxText = 4096;  // bytes; longer messages close the WebSocket with 1009

Task<void> chat(WebSocket& socket, Rooms& rooms) {
  const std::string name = socket.query("name").value_or("");
  const std::string room_name = socket.param("room");
  if (name.empty() || name.size() > kMaxName || room_name.size() > kMaxName) {
    socket.refuse(400, "A name and a room of 1 to 60 bytes are needed.\n");
    co_return;
  }
  socket.accept();
  {
    Room::Visit visit(rooms.enter(room_name), socket, name);
    while (const auto message = co_await socket.receive(kMaxText))
      if (message->is_text && !message->bytes.empty()) visit.say(message->bytes);
  }
  rooms.left(room_name);
}

}  // namespace

void register_chat(zeroway::Worker& worker, Rooms& rooms) {
  worker.handle_inline("GET", "/", [](zeroway::Request&, zeroway::Reply& reply) {
    reply.field("content-type", "text/html; charset=utf-8").field("cache-control", "no-cache");
    reply.field("content-security-policy",
                "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'");
    reply.send(kPage);
  });
  worker.websocket("/rooms/{room}", [&rooms](WebSocket& socket) { return chat(socket, rooms); });
}
