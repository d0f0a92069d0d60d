// How the bench's client of WAMP frames its messages: as a WebSocket, or as RawSocket.
//
// Owner: a session of wamp_client.cpp.   Thread: its one.
// Not here: sockets, what messages say. It takes what the measured servers send, and no more: frames of servers are not
// masked, and the client's key of zeros masks nothing.
#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

enum class Format : bool { json, cbor };

// The frame that the bytes begin with.
struct FrameHead {
  std::size_t size = 0;  // of the head; 0: not all of it is there
  std::size_t payload = 0;
  bool is_last = true;  // of its message
};

class Wire {
 public:
  virtual ~Wire() = default;
  // What the client says first, and whether this is the whole answer to it.
  [[nodiscard]] virtual std::string opening(Format format) const = 0;
  [[nodiscard]] virtual bool is_answer(std::string_view received) const = 0;
  // Whether the whole answer lets the client in.
  [[nodiscard]] virtual bool is_welcome(std::string_view answer) const = 0;

  [[nodiscard]] virtual std::string frame(std::string_view message, Format format) const = 0;
  [[nodiscard]] virtual FrameHead read_head(std::string_view received) const = 0;
};

// The number in these bytes of `text`, the first byte highest.
inline std::size_t number_in(std::string_view text, std::size_t begin, std::size_t size) {
  std::size_t number = 0;
  for (const char byte : text.substr(begin, size)) number = number << 8 | static_cast<std::uint8_t>(byte);
  return number;
}

inline std::string bytes_of(std::size_t number, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = size; i-- > 0; number >>= 8) bytes[i] = static_cast<char>(number);
  return bytes;
}

class WebSocketWire final : public Wire {
 public:
  [[nodiscard]] std::string opening(Format format) const override {
    return "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
           "Sec-WebSocket-Protocol: " +
           std::string(format == Format::cbor ? "wamp.2.cbor" : "wamp.2.json") + "\r\n\r\n";
  }
  [[nodiscard]] bool is_answer(std::string_view received) const override { return received.ends_with("\r\n\r\n"); }
  [[nodiscard]] bool is_welcome(std::string_view answer) const override { return answer.starts_with("HTTP/1.1 101"); }

  // RFC 6455 §5.2
  [[nodiscard]] std::string frame(std::string_view message, Format format) const override {
    std::string frame(1, static_cast<char>(format == Format::cbor ? 0x82 : 0x81));
    const std::size_t size = message.size();
    if (size < 126) {
      frame += static_cast<char>(0x80 | size);
    } else {
      frame += static_cast<char>(size < 65'536 ? 0xfe : 0xff);
      frame += bytes_of(size, size < 65'536 ? 2 : 8);
    }
    return frame.append(4, '\0').append(message);
  }
  [[nodiscard]] FrameHead read_head(std::string_view received) const override {
    if (received.size() < 2) return {};
    const auto short_size = static_cast<std::uint8_t>(received[1]);
    const std::size_t wide = short_size < 126 ? 0 : short_size == 126 ? 2 : 8;
    if (received.size() < 2 + wide) return {};
    return {2 + wide, wide == 0 ? short_size : number_in(received, 2, wide), (received[0] & 0x80) != 0};
  }
};

class RawSocketWire final : public Wire {
 public:
  // Frames of up to 16 MiB; 1 is JSON, 3 is CBOR.
  [[nodiscard]] std::string opening(Format format) const override {
    return std::string("\x7f") + (format == Format::cbor ? "\xf3" : "\xf1") + std::string(2, '\0');
  }
  [[nodiscard]] bool is_answer(std::string_view received) const override { return received.size() == 4; }
  [[nodiscard]] bool is_welcome(std::string_view answer) const override { return (answer[1] & 0x0f) != 0; }

  [[nodiscard]] std::string frame(std::string_view message, Format) const override {
    return bytes_of(message.size(), 4).append(message);
  }
  [[nodiscard]] FrameHead read_head(std::string_view received) const override {
    return received.size() < 4 ? FrameHead{} : FrameHead{4, number_in(received, 1, 3), true};
  }
};
