// One client's byte stream: what came in is told, what is sent leaves at once or waits for the client.
//
// Owner: a client session.   Thread: one loop.
// The interface that plain TCP (net/tcp_connection.h) and TLS (net/tls_connection.h) have in common.
// Not here: what the bytes mean (http), when a client is too slow (edge/client_session.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

#include "proto/bytes.h"
#include "router/observe/time.h"

namespace zeroway {

// Told by a connection, never from inside a call to it except offer(). `lost` is the last thing told.
class ConnectionEvents {
 public:
  virtual ~ConnectionEvents() = default;
  // All bytes not taken yet, oldest first; good until the call returns. Returns how many are taken; the rest is kept
  // and told again with what comes next, or by offer().
  [[nodiscard]] virtual std::size_t received(Bytes bytes) = 0;
  // The client closed its sending side, and everything before it was told.
  virtual void input_ended() = 0;
  // The client closed its sending side while reading is paused: bytes may be left to read. Told once.
  virtual void hung_up() = 0;
  // The kernel took waiting bytes; queued() is less than before.
  virtual void written() = 0;
  // Reset, broken, or close() is done. The connection may be destroyed in the call.
  virtual void lost() = 0;
};

// Reading goes on when no reason is left.
enum class PauseReason : std::uint8_t {
  reader = 1,  // the codec takes no input now
  writer = 2,  // too much waits to be sent
};

// Whether to read and drop for a while what the client still sends after our side is closed: closing over unread bytes
// makes the kernel destroy the last reply on its way.
enum class Linger : std::uint8_t {
  no,
  flood,  // for kBriefLinger or kFloodLingerBytes: a client that floods us may hear why, and is not worth more
  brief,  // for kBriefLinger or kBriefLingerBytes: the router leaves, or has many connections that linger
  full,   // while bytes come, for kLingerTime: an upload that nobody wants any more is seen to its end
};

// Where the client is, as text.
struct Peer {
  std::string address;  // numeric, an IPv4 address in its own form even on an IPv6 socket
  std::uint16_t port = 0;
};

class Connection {
 public:
  virtual ~Connection() = default;

  // Sends `bytes` and leaves it empty: to the kernel now, what it refuses waits here. False when the connection is
  // gone; then nothing is told any more.
  [[nodiscard]] virtual bool send(std::string& bytes) = 0;
  [[nodiscard]] virtual std::size_t queued() const = 0;
  // When the kernel last took a byte, or when bytes began to wait.
  [[nodiscard]] virtual Time last_progress() const = 0;

  virtual void pause(PauseReason reason) = 0;
  virtual void resume(PauseReason reason) = 0;
  // Tells kept bytes again, if there are any.
  virtual void offer() = 0;
  [[nodiscard]] virtual std::size_t kept() const = 0;

  // Ends it in order: what waits is sent, then our side is closed. True when that is done at once, else lost is told
  // when it is. Called again it can only shorten the lingering, and returns false.
  [[nodiscard]] virtual bool close(Linger linger) = 0;
  [[nodiscard]] virtual bool is_closing() const = 0;
  // What was sent is not the whole: where a protocol can say that all is said (TLS: close_notify), close() will not.
  virtual void cut() {}
};

}  // namespace zeroway
