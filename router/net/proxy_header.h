// The PROXY protocol, versions 1 and 2: a load balancer in front of us says who its client is, or we say so to a
// server.
//
// Owner: the reader belongs to one new connection.   Thread: any.
// Pure. Not here: which peers may send a header, and how long they may take (the door's business). The door must know
// that a header comes: guessing would let any client name itself.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "proto/bytes.h"
#include "router/net/connection.h"

namespace zeroway {

class ProxyHeaderReader {
 public:
  enum class State : std::uint8_t { reading, done, failed };

  // Takes the header's bytes and none behind it; returns how many. Takes nothing when it is done or failed. Needs no
  // memory for the extensions (TLVs) of version 2, however long.
  [[nodiscard]] std::size_t read(Bytes bytes);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] std::string_view failure() const { return failure_; }  // why, when failed
  // When done: whether ends() count. If not, the connection's real peer is the client: a load balancer's own health
  // check (LOCAL), a connection that it does not describe (UNKNOWN), or an address that is not of TCP.
  [[nodiscard]] bool has_ends() const { return has_ends_; }
  [[nodiscard]] const ConnectionEnds& ends() const { return ends_; }

 private:
  //   signature ─┬─▶ line ─────────────────────────────────────▶ done
  //              └─▶ binary head ──▶ addresses ──▶ extensions ──▶ done      (each may be empty)
  enum class Phase : std::uint8_t { signature, line, binary_head, addresses, extensions };

  [[nodiscard]] std::size_t wanted() const;
  [[nodiscard]] std::size_t skip(Bytes bytes);
  void look();
  void look_at_signature();
  void look_at_line();
  void look_at_binary_head();
  void look_at_addresses();
  void skip_extensions();
  void finish();
  void fail(std::string_view why);

  std::string kept_;  // the line, or head and addresses
  ConnectionEnds ends_;
  std::string_view failure_;
  std::size_t address_size_ = 0;
  std::size_t extensions_ = 0;  // bytes behind the addresses, still to be skipped
  Phase phase_ = Phase::signature;
  State state_ = State::reading;
  bool has_ends_ = false;
};

enum class ProxyVersion : std::uint8_t { one, two };

// The header for a connection that we make for a client. An end without an address, as a unix socket has it: the header
// says that the client is unknown.
[[nodiscard]] std::string proxy_header(ProxyVersion version, const ConnectionEnds& ends);
// The header for a connection of our own: a health check.
[[nodiscard]] std::string own_proxy_header(ProxyVersion version);

}  // namespace zeroway
