#include "worker-sdk/src/handlers/piece_queue.h"

#include <doctest/doctest.h>

#include <random>

using namespace zeroway;

namespace {
std::string take(PieceQueue& queue, std::size_t most) {
  const PieceQueue::Piece piece = queue.front(most);
  const std::string text = std::string(piece.bytes) + (piece.last == Last::yes ? "." : "");
  queue.pop(piece);
  return text;
}
}  // namespace

TEST_CASE("piece queue: messages stay apart, pieces of one are put together") {
  PieceQueue queue;
  queue.put({"ab", MessageKind::text, Last::no});
  queue.put({"cd", MessageKind::text, Last::yes});
  queue.put({"", MessageKind::binary, Last::yes});
  queue.put({"ef", MessageKind::binary, Last::no});
  CHECK(queue.messages() == 3);
  CHECK(queue.bytes() == 6);
  CHECK(take(queue, 3) == "abc");
  CHECK(take(queue, 3) == "d.");
  CHECK(queue.front(0).kind == MessageKind::binary);
  CHECK(take(queue, 0) == ".");
  CHECK(take(queue, 9) == "ef");
  CHECK(queue.is_empty());
}

TEST_CASE("piece queue: a message's rest may come when its beginning is gone") {
  PieceQueue queue;
  queue.put({"ab", MessageKind::text, Last::no});
  CHECK(take(queue, 9) == "ab");
  queue.put({"", MessageKind::text, Last::no});
  CHECK(queue.is_empty());
  queue.put({"", MessageKind::text, Last::yes});
  CHECK(take(queue, 9) == ".");
}

TEST_CASE("piece queue: what large or many messages needed is given back") {
  PieceQueue queue;
  queue.put({std::string(1 << 20, 'x'), MessageKind::binary, Last::yes});
  (void)take(queue, 1 << 20);
  CHECK(queue.kept_bytes() < 200'000);
  for (int i = 0; i < 100'000; ++i) queue.put({"", MessageKind::text, Last::yes});
  while (!queue.is_empty()) (void)take(queue, 0);
  CHECK(queue.kept_bytes() < 200'000);
}

TEST_CASE("piece queue: whatever the cuts, what goes in comes out") {
  std::mt19937 random(7);
  std::string in, out;
  PieceQueue queue;
  for (int turn = 0; turn < 20'000; ++turn) {
    if (random() % 2 == 0) {
      const std::string piece(random() % 9, static_cast<char>('a' + turn % 26));
      const Last last = random() % 3 == 0 ? Last::yes : Last::no;
      queue.put({piece, MessageKind::text, last});
      in += piece + (last == Last::yes ? "." : "");
    } else if (!queue.is_empty()) {
      out += take(queue, random() % 9);
    }
  }
  while (!queue.is_empty()) out += take(queue, 5);
  CHECK((in == out));
}
