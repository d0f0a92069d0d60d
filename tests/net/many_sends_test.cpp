#include "router/net/many_sends.h"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include "router/net/limits.h"
#include "router/net/socket.h"

using namespace zeroway;

namespace {

struct Pair {
  Pair() {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    here = Socket(ends[0]);
    there = Socket(ends[1]);
  }
  std::string arrived() const {
    std::array<char, 100> text;
    const ssize_t count = ::recv(there.fd(), text.data(), text.size(), MSG_DONTWAIT);
    return {text.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
  }
  // Until the kernel takes no byte more.
  void fill() const {
    const std::string much(65'536, 'x');
    while (::send(here.fd(), much.data(), much.size(), MSG_DONTWAIT) > 0) {
    }
  }
  Socket here, there;
};

}  // namespace

// Where the kernel has no ring for us both are the same.
TEST_CASE("many sends: each is sent, or says why not, by one call or by many") {
  for (const auto ring : {ManySends::Ring::never, ManySends::Ring::if_there}) {
    CAPTURE(ring == ManySends::Ring::if_there);
    ManySends sends(ring);
    const Pair good, full, gone, last;
    full.fill();
    ::shutdown(gone.there.fd(), SHUT_RDWR);
    for (const std::string text : {"once", "and again"}) {
      std::vector<OneSend> all{
          {good.here.fd(), text}, {full.here.fd(), text}, {gone.here.fd(), text}, {-1, text}, {last.here.fd(), text}};
      sends.send(all);
      CHECK(all[0].result == static_cast<ssize_t>(text.size()));
      CHECK(all[1].result == -EAGAIN);
      CHECK(all[2].result == -EPIPE);
      CHECK(all[3].result == -EBADF);
      CHECK(all[4].result == static_cast<ssize_t>(text.size()));
      CHECK(good.arrived() == text);
      CHECK(last.arrived() == text);
    }
    if (ring == ManySends::Ring::never) CHECK_FALSE(sends.has_ring());
    if (ring == ManySends::Ring::if_there) MESSAGE("the kernel has a ring for us: " << sends.has_ring());
  }
}

TEST_CASE("many sends: as many as there may be, and one alone") {
  for (const auto ring : {ManySends::Ring::never, ManySends::Ring::if_there}) {
    ManySends sends(ring);
    const std::vector<Pair> pairs(kMaxSends);
    for (const std::size_t count : {std::size_t{1}, pairs.size(), std::size_t{1}, pairs.size()}) {
      std::vector<OneSend> all;
      for (std::size_t index = 0; index < count; ++index) all.push_back({pairs[index].here.fd(), "some"});
      sends.send(all);
      for (std::size_t index = 0; index < count; ++index) {
        CHECK(all[index].result == 4);
        CHECK(pairs[index].arrived() == "some");
      }
    }
  }
}
