// One client's byte stream: passes on the bytes that came, and sends bytes at once or keeps them until the client
// reads.
//
// Owner: a client session.   Thread: one loop.
// The interface that plain TCP (net/tcp_connection.h) and TLS (net/tls_connection.h) have in common.
// Not here: what the bytes mean (http), which clients are too slow (edge/client_session.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

#include "proto/bytes.h"
#include "router/observe/time.h"

namespace zeroway {

// Called by a connection, never from inside a call to the connection except offer(). lost() is the last call.
class ConnectionEvents {
 public:
  virtual ~ConnectionEvents() = default;
  // All bytes not taken yet, oldest first; good until the call returns. Returns how many are taken. The connection
  // keeps the rest, and passes it again with the bytes that come next, or at offer().
  [[nodiscard]] virtual std::size_t received(Bytes bytes) = 0;
  // The client closed its sending side, and all bytes before that end were passed.
  virtual void input_ended() = 0;
  // The client closed its sending side while reading is paused: bytes may be left to read. Called once.
  virtual void hung_up() = 0;
  // The kernel took waiting bytes; queued() is less than before.
  virtual void written() = 0;
  // The connection was reset or broken, or close() is done. The connection may be destroyed in the call.
  virtual void lost() = 0;
};

// A connection reads again when no reason is left.
enum class PauseReason : std::uint8_t {
  reader = 1,  // the codec takes no input now
  writer = 2,  // too many bytes wait to be sent
};

// Whether to read and drop for a while the bytes that the client still sends after our side is closed. To close a
// socket with unread bytes makes the kernel destroy the last reply on its way.
enum class Linger : std::uint8_t {
  no,
  flood,  // for kBriefLinger or kFloodLingerBytes: a client that floods us may read why, and gets no more time
  brief,  // for kBriefLinger or kBriefLingerBytes: the router drains, or has many connections that linger
  full,   // while bytes come, for kLingerTime: an upload that is no longer wanted may reach its end
};

// The address of the client, as text.
struct Peer {
  std::string address;  // numeric, an IPv4 address in its own form even on an IPv6 socket
  std::uint16_t port = 0;
};

class Connection {
 public:
  virtual ~Connection() = default;

  // Sends `bytes` and leaves it empty. The kernel gets the bytes now; bytes that the kernel refuses wait here. False
  // when the connection is gone; then ConnectionEvents gets no more calls.
  [[nodiscard]] virtual bool send(std::string& bytes) = 0;
  [[nodiscard]] virtual std::size_t queued() const = 0;
  // When the kernel last took a byte, or when bytes began to wait.
  [[nodiscard]] virtual Time last_progress() const = 0;

  virtual void pause(PauseReason reason) = 0;
  virtual void resume(PauseReason reason) = 0;
  // Passes kept bytes to received() again, if there are any.
  virtual void offer() = 0;
  [[nodiscard]] virtual std::size_t kept() const = 0;

  // Closes the connection in order: sends the waiting bytes, then closes our side. True when all is done at once; else
  // lost() is called when it is done. A second call can only shorten the lingering, and returns false.
  [[nodiscard]] virtual bool close(Linger linger) = 0;
  [[nodiscard]] virtual bool is_closing() const = 0;
  // The bytes sent are not complete. Where a protocol can mark a complete end (TLS: close_notify), close() will not do
  // so.
  virtual void cut() {}
};

}  // namespace zeroway
