// The byte stream to one peer: passes on the bytes that came, and sends bytes at once or keeps them until the peer
// reads. The peer is a client that we accepted, or a server that we dialled.
//
// Owner: the session that speaks with the peer.   Thread: one loop.
// The interface that plain sockets (net/tcp_connection.h) and TLS (net/tls_stream.h) have in common.
// Not here: what the bytes mean (http), which clients are too slow (edge/client_session.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

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
  // How many bytes must come before received() can take more. 0 = not known. Only a hint: reading in large pieces.
  [[nodiscard]] virtual std::size_t missing() const { return 0; }
  // The peer closed its sending side in order: by FIN, over TLS by close_notify. All bytes before that end were passed.
  virtual void input_ended() = 0;
  // The peer closed its sending side while reading is paused: bytes may be left to read. Called once.
  virtual void hung_up() = 0;
  // The kernel took waiting bytes; queued() is less than before.
  virtual void written() = 0;
  // The connection was reset or broken, or close() is done. Over TLS also for a FIN without close_notify: an attacker
  // may have cut the bytes short, so a message that ends with the connection is not complete. The connection may be
  // destroyed in the call.
  virtual void lost() = 0;
};

// A connection reads again when no reason is left.
enum class PauseReason : std::uint8_t {
  reader = 1,  // the codec takes no input now
  writer = 2,  // too many bytes wait to be sent
  nobody = 4,  // no user is set yet
};

// Whether to read and drop for a while the bytes that the client still sends after our side is closed. To close a
// socket with unread bytes makes the kernel destroy the last reply on its way.
enum class Linger : std::uint8_t {
  no,
  flood,  // for kBriefLinger or kFloodLingerBytes: a client that floods us may read why, and gets no more time
  brief,  // for kBriefLinger or kBriefLingerBytes: the router drains, or has many connections that linger
  full,   // while bytes come, for kLingerTime or kLingerBytes: an upload that is no longer wanted may reach its end
};

// The address of the client, as text.
struct Peer {
  std::string address;  // numeric, an IPv4 address in its own form even on an IPv6 socket
  std::uint16_t port = 0;
};

// The two ends of a connection that a client made: to us, or to a load balancer in front of us.
struct ConnectionEnds {
  Peer source;  // the client
  Peer destination;
};

class Connection {
 public:
  virtual ~Connection() = default;

  // From now on `events` gets the connection's events, at the earliest in the next turn or at the end of this one.
  // Nothing is read, and no byte is lost, before the first call. To be called before every other function.
  virtual void serve(ConnectionEvents& events) = 0;
  // Why the connection broke, for the log; empty when there is no more to say than that.
  [[nodiscard]] virtual std::string_view failure() const { return {}; }

  // Sends `bytes` and leaves it empty. The kernel gets the bytes now; bytes that the kernel refuses wait here. False
  // when nothing can be sent any more. If the connection is not destroyed then, it passes on what the peer had sent
  // before, and then calls lost().
  [[nodiscard]] virtual bool send(std::string& bytes) = 0;
  [[nodiscard]] virtual std::size_t queued() const = 0;
  // When the kernel last took a byte, or when bytes began to wait.
  [[nodiscard]] virtual Time last_progress() const = 0;

  virtual void pause(PauseReason reason) = 0;
  virtual void resume(PauseReason reason) = 0;
  // Passes kept bytes to received() again, if there are any.
  virtual void offer() = 0;
  [[nodiscard]] virtual std::size_t kept() const = 0;

  // Closes our sending side behind the bytes that wait: by FIN, over TLS by close_notify. The peer may go on sending.
  // Nothing is sent after this call.
  virtual void end_output() = 0;
  // Throws the waiting bytes away and ends the connection at once; the peer gets a reset. No event comes any more.
  virtual void reset() = 0;

  // Closes the connection in order: sends the waiting bytes, then closes our side. True when all is done at once; else
  // lost() is called when it is done. A second call can only shorten the lingering, and returns false.
  [[nodiscard]] virtual bool close(Linger linger) = 0;
  [[nodiscard]] virtual bool is_closing() const = 0;
  // The bytes sent are not complete. Where a protocol can mark a complete end (TLS: close_notify), close() will not do
  // so.
  virtual void cut() {}
};

}  // namespace zeroway
