// One question about one host name, to /etc/hosts and the name servers of /etc/resolv.conf as they are now. It never
// blocks.
//
// Owner: the Resolver, one for each question.   Thread: one loop.
// Not here: which answers are kept, and for how long (net/resolver.h). Other sources of nsswitch.conf (mdns, sss) are
// not asked. Only the .cpp file knows c-ares.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "router/net/loop.h"
#include "router/net/socket_address.h"

namespace zeroway {

class NameQuestion {
 public:
  // The answer for IPv4 or for IPv6.
  struct Family {
    enum class State : std::uint8_t {
      asked,
      found,
      none,    // certain: the name, or an address of this family, does not exist
      failed,  // nobody knows
    };
    State state = State::asked;
    std::vector<SocketAddress> addresses;  // with port 0, in the server's order
    std::chrono::seconds life{};           // the shortest TTL of the records
    std::string fault;                     // when none or failed
  };

  // Calls `news` at the end of a turn: when the question is over, kNameQuestion after its begin at the latest; and once
  // before, when one family was found and the other one keeps silent for kOtherFamilyWait. `servers` as "ADDRESS:PORT",
  // separated by commas; "" = those of /etc/resolv.conf. This object may be destroyed in the call.
  NameQuestion(Loop& loop, const std::string& name, const std::string& servers, std::function<void()> news);
  ~NameQuestion();
  NameQuestion(const NameQuestion&) = delete;
  NameQuestion& operator=(const NameQuestion&) = delete;

  [[nodiscard]] const Family& v4() const;
  [[nodiscard]] const Family& v6() const;
  [[nodiscard]] bool is_over() const;

 private:
  class Channel;
  std::unique_ptr<Channel> channel_;
};

}  // namespace zeroway
