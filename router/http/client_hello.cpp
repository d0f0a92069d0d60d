#include "router/http/client_hello.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "router/http/limits.h"

namespace zeroway {

namespace {

constexpr std::size_t kRecordHead = 5, kMessageHead = 4;
constexpr std::uint8_t kHandshake = 22, kClientHello = 1, kHostName = 0;
constexpr std::uint32_t kServerName = 0;
constexpr std::size_t kRandom = 2 + 32;  // the version, too
constexpr std::size_t kLongestName = 253;

ClientHello wrong(const char* why) { return {ClientHello::State::wrong, "", why}; }

// Reads numbers and vectors; once something does not fit, everything that follows is empty.
class Cursor {
 public:
  explicit Cursor(Bytes bytes) : rest_(bytes) {}

  [[nodiscard]] std::uint32_t number(std::size_t size) {
    std::uint32_t value = 0;
    for (const std::uint8_t byte : take(size)) value = value << 8 | byte;
    return value;
  }
  [[nodiscard]] Bytes take(std::size_t size) {
    if (size > rest_.size()) {
      is_short_ = true;
      rest_ = {};
      return {};
    }
    const Bytes taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  // A vector whose length stands in `size` bytes in front of it.
  [[nodiscard]] Bytes vector(std::size_t size) { return take(number(size)); }
  [[nodiscard]] bool is_empty() const { return rest_.empty(); }
  [[nodiscard]] bool is_short() const { return is_short_; }

 private:
  Bytes rest_;
  bool is_short_ = false;
};

// Of the message, as it says; kMessageHead as long as that is not there.
std::size_t size_of(const std::string& message) {
  if (message.size() < kMessageHead) return kMessageHead;
  const auto byte = [&](std::size_t at) { return std::size_t{static_cast<std::uint8_t>(message[at])}; };
  return kMessageHead + (byte(1) << 16 | byte(2) << 8 | byte(3));
}

// The bytes of the message that are there, out of their records; nothing when these are no records of a handshake. What
// lies behind the message (early data) is not looked at.
std::optional<std::string> message_in(Bytes bytes) {
  std::string message;
  while (!bytes.empty() && message.size() < size_of(message)) {
    if (bytes[0] != kHandshake || (bytes.size() > 1 && bytes[1] != 3)) return std::nullopt;
    if (bytes.size() < kRecordHead) break;
    const std::size_t length = std::size_t{bytes[3]} << 8 | bytes[4];
    if (length == 0) return std::nullopt;  // RFC 8446 §5.1: a record of a handshake is never empty
    const Bytes part = bytes.subspan(kRecordHead).first(std::min(length, bytes.size() - kRecordHead));
    message.append(as_text(part));
    bytes = bytes.subspan(kRecordHead + part.size());
    if (part.size() < length) break;
  }
  return message;
}

std::string host_of(Bytes bytes) {
  std::string name(as_text(bytes));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (name.ends_with('.')) name.pop_back();
  return name;
}

bool is_host(const std::string& name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  };
  return !name.empty() && name.size() <= kLongestName && std::all_of(name.begin(), name.end(), fits);
}

ClientHello read_name(Bytes extension) {
  Cursor whole(extension);
  Cursor list(whole.vector(2));
  while (!list.is_empty()) {
    const auto type = list.number(1);
    const Bytes name = list.vector(2);
    if (list.is_short()) break;
    if (type != kHostName) continue;
    ClientHello hello{ClientHello::State::whole, host_of(name)};
    return is_host(hello.name) ? hello : wrong("the name in its ClientHello is no host's");
  }
  if (whole.is_short() || list.is_short()) return wrong("its ClientHello has a broken server_name");
  return {ClientHello::State::whole};
}

ClientHello read_body(Bytes body) {
  Cursor cursor(body);
  static_cast<void>(cursor.take(kRandom));
  static_cast<void>(cursor.vector(1));  // session id
  static_cast<void>(cursor.vector(2));  // ciphers
  static_cast<void>(cursor.vector(1));  // compressions
  if (cursor.is_short()) return wrong("its ClientHello is cut short");
  if (cursor.is_empty()) return {ClientHello::State::whole};  // TLS 1.2 allows no extensions
  Cursor extensions(cursor.vector(2));
  while (!extensions.is_empty()) {
    const auto type = extensions.number(2);
    const Bytes extension = extensions.vector(2);
    if (extensions.is_short()) break;
    if (type == kServerName) return read_name(extension);
  }
  if (cursor.is_short() || extensions.is_short()) return wrong("its ClientHello has broken extensions");
  return {ClientHello::State::whole};
}

}  // namespace

ClientHello read_client_hello(Bytes bytes) {
  const auto message = message_in(bytes.first(std::min(bytes.size(), kMostHelloBytes)));
  if (!message) return wrong("its first bytes are no TLS handshake");
  if (!message->empty() && static_cast<std::uint8_t>(message->front()) != kClientHello)
    return wrong("its first message is no ClientHello");
  const std::size_t size = size_of(*message);
  if (size > kMaxClientHello) return wrong("its ClientHello is longer than 16 KiB");
  if (message->size() < size)
    return bytes.size() > kMostHelloBytes ? wrong("its ClientHello lies in too many records") : ClientHello{};
  return read_body(as_bytes(*message).subspan(kMessageHead, size - kMessageHead));
}

}  // namespace zeroway
