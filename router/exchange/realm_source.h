// Who serves which realms of WAMP among the workers, on one loop.
//
// Owner: the fabric implements it.   Thread: one loop.
// A realm is the pool of the workers that announce it. The streams of a realm's backend are WebSockets whose messages
// are those of WAMP. Not here: realms of backends that the plan names (plan/wamp_spec.h).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "proto/serializer.h"
#include "router/exchange/backend.h"

namespace zeroway {

class RealmSource {
 public:
  enum class Presence : std::uint8_t {
    unknown,   // nobody announces it
    expected,  // nobody does yet, or any more; but workers may come, so its sessions may wait
    announced,
  };

  virtual ~RealmSource() = default;
  // Whether a worker announces a realm, or did so until it was lost a short time ago.
  [[nodiscard]] virtual bool has_realms() const = 0;
  // `realm` "": that of the workers which take the sessions of all realms that nobody announces.
  [[nodiscard]] virtual Presence presence(std::string_view realm) const = 0;
  // What all workers of an announced realm speak, or spoke until they were lost; a session has one of these. All of
  // them while no worker has told.
  [[nodiscard]] virtual SerializerSet serializers_of(std::string_view realm) const = 0;
  // Stays while the realm is announced, while a stream is open there, and for some time after each opening: long enough
  // for a stream to wait in vain and to be opened again. So each session asks anew.
  [[nodiscard]] virtual Backend& backend_of(const std::string& realm) = 0;
};

}  // namespace zeroway
