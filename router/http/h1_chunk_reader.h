// Reads a chunked body (RFC 9112 §7.1) that comes in pieces: finds the data, and where the trailer section begins.
//
//     size line ──▶ data ──▶ CRLF ──▶ size line …        size line of 0 ──▶ trailers (read by H1HeadScan)
//
// Owner: H1Codec keeps one.   Thread: the connection's loop.
// Beast's chunk parser is not used: it reads a quoted extension past the end of its line, and accepts control
// characters in the extension.
// Not here: the grammar of a size line (h1_framing.h), credit for the data (h1_codec.h).
#pragma once
#include <cstdint>
#include <string_view>

#include "proto/error.h"

namespace zeroway {

class H1ChunkReader {
 public:
  enum class Found : std::uint8_t { nothing, data, last };
  struct Piece {
    Found found = Found::nothing;  // nothing: more bytes, or room for data, are needed
    std::string_view data;         // a view into `input`
  };

  // Takes one piece, with at most `room` bytes of data, off the front of `input`. Fails with content_too_large once the
  // sizes of all chunks so far add up to more than `max_body` (0 = no limit).
  [[nodiscard]] Result<Piece> read(std::string_view& input, std::uint64_t room, std::uint64_t max_body);

 private:
  enum class Place : std::uint8_t { size_line, data, data_end };

  // Both return whether they took something off `input`.
  [[nodiscard]] Result<bool> read_size_line(std::string_view& input, std::uint64_t max_body);
  [[nodiscard]] static Result<bool> read_data_end(std::string_view& input);

  std::uint64_t left_ = 0;   // bytes of this chunk's data that have not come
  std::uint64_t total_ = 0;  // sum of all chunks' sizes so far
  std::size_t extensions_ = 0;
  Place place_ = Place::size_line;
  bool is_last_ = false;
};

}  // namespace zeroway
