#include "router/net/send_batch.h"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <array>
#include <deque>
#include <string>

#include "router/net/socket.h"

using namespace zeroway;

namespace {

struct Sender final : SendBatch::Sender {
  Sender() {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    here = Socket(ends[0]);
    there = Socket(ends[1]);
  }
  void sent(std::string_view bytes, ssize_t result) override {
    told += std::to_string(result) + " of " + std::string(bytes) + "; ";
  }
  std::string arrived() const {
    std::array<char, 100> text;
    const ssize_t count = ::recv(there.fd(), text.data(), text.size(), MSG_DONTWAIT);
    return {text.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
  }
  Socket here, there;
  std::string told;
};

void add(SendBatch& batch, Sender& who, std::string bytes) {
  batch.add(who, who.here.fd(), bytes);
  CHECK(bytes.empty());
}

}  // namespace

TEST_CASE("send batch: nothing leaves before it is flushed, then each sender is told once") {
  SendBatch batch(ManySends::Ring::if_there);
  Sender first, second;
  add(batch, first, "one");
  add(batch, second, "two");
  CHECK(first.arrived() == "");
  batch.flush();
  batch.flush();
  CHECK(first.arrived() == "one");
  CHECK(second.arrived() == "two");
  CHECK(first.told == "3 of one; ");
  CHECK(second.told == "3 of two; ");
}

TEST_CASE("send batch: what somebody left that goes is sent, and nobody told") {
  SendBatch batch(ManySends::Ring::if_there);
  Sender gone, other;
  add(batch, gone, "last words");
  add(batch, other, "x");
  batch.forget(gone);
  CHECK(gone.arrived() == "last words");
  CHECK(gone.told == "");
  CHECK(other.told == "1 of x; ");
}

TEST_CASE("send batch: a full one leaves at once") {
  SendBatch batch(ManySends::Ring::if_there);
  std::deque<Sender> senders(kMaxSends + 1);
  for (Sender& one : senders) add(batch, one, "x");
  CHECK(senders.front().arrived() == "x");
  CHECK(senders[kMaxSends - 1].arrived() == "x");
  CHECK(senders[kMaxSends].arrived() == "");
  batch.flush();
  CHECK(senders[kMaxSends].arrived() == "x");
}
