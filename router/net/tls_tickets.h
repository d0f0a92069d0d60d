// The keys of session tickets: one key encrypts new tickets, two older keys still decrypt.
//
// Owner: shared by all loops of the router and by handshakes under way; never changed.   Thread: any.
// A ticket that no key decrypts costs its client a full handshake, nothing else.
// Not here: when keys are rotated (net/tls_keeper.h).
#pragma once
#include <array>
#include <cstdint>
#include <memory>

struct ssl_ctx_st;

namespace zeroway {

class TicketKeys {
 public:
  struct Key {
    std::array<std::uint8_t, 16> name{};  // in the clear at the ticket's beginning
    std::array<std::uint8_t, 32> cipher{};
    std::array<std::uint8_t, 32> mac{};
  };

  // Random keys, unknown outside this process.
  [[nodiscard]] static std::shared_ptr<const TicketKeys> make();
  // The keys with a new one in front, without the oldest.
  [[nodiscard]] std::shared_ptr<const TicketKeys> rotated() const;
  ~TicketKeys();

  [[nodiscard]] const Key& current() const { return keys_.front(); }
  // Null when no key has this name.
  [[nodiscard]] const Key* find(const std::uint8_t* name) const;

 private:
  TicketKeys() = default;

  std::array<Key, 3> keys_;  // newest first
};

// Makes `context` encrypt and decrypt tickets with the keys of each connection's engine.
void use_ticket_keys(ssl_ctx_st* context);

}  // namespace zeroway
