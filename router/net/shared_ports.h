// The ports that this router shares with others, which it tells what its file says of them: the kernel gives a client
// to any of them, so they should all say the same.
//
//     @zeroway-port/127.0.0.1:8443/4711/00c0ffee00c0ffee
//                   place          process  fingerprint
//
// That is the name of a socket in Linux's abstract space, where nobody is answered: /proc/net/unix has the names of all
// processes of this network namespace, which is where a port can be shared. The name is gone with its process.
//
// Owner: Router.   Thread: the first loop.
// Not here: the fingerprint (settings/port_fingerprints.h), sharing itself (net/listener.h).
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "router/net/socket.h"

namespace zeroway {

struct PortSharer {
  std::string process;  // its id, as the process itself has it
  std::string fingerprint;

  bool operator==(const PortSharer&) const = default;
};

// Those that have told of `place`, in `table`, the text of /proc/net/unix.
[[nodiscard]] std::vector<PortSharer> sharers_in(std::string_view table, std::string_view place);

class SharedPorts {
 public:
  // What the file says of each shared place from now on. A place that is new, or of which it says something else than
  // before, is told, and there is a warning for each process whose file says something else. Does nothing where the
  // kernel has no abstract space.
  void use(const std::map<std::string, std::uint64_t>& places);

 private:
  struct Told {
    std::string fingerprint;
    Socket socket;
  };

  [[nodiscard]] static std::vector<PortSharer> others_at(const std::string& place, const std::string& fingerprint);
  void tell(const std::string& place, const std::string& fingerprint);

  std::map<std::string, Told> told_;  // by place
};

}  // namespace zeroway
