#include "router/http/h1_chunk_reader.h"

#include <algorithm>
#include <string>

#include "router/http/h1_framing.h"
#include "router/http/limits.h"

namespace zeroway {
namespace {

Error bad(std::string detail) { return Error{Fault::client, Code::bad_request, false, std::move(detail)}; }

}  // namespace

Result<H1ChunkReader::Piece> H1ChunkReader::read(std::string_view& input, std::uint64_t room, std::uint64_t max_body) {
  while (place_ != Place::data) {
    auto took = place_ == Place::size_line ? read_size_line(input, max_body) : read_data_end(input);
    if (!took) return std::move(took).error();
    if (!*took) return Piece{};
    if (is_last_) return Piece{Found::last, {}};
    place_ = place_ == Place::size_line ? Place::data : Place::size_line;
  }
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>({left_, room, input.size()}));
  if (size == 0) return Piece{};
  const Piece piece{Found::data, input.substr(0, size)};
  input.remove_prefix(size);
  left_ -= size;
  if (left_ == 0) place_ = Place::data_end;
  return piece;
}

Result<bool> H1ChunkReader::read_size_line(std::string_view& input, std::uint64_t max_body) {
  const auto lf = input.substr(0, kMaxChunkLine).find('\n');
  if (lf == std::string_view::npos) {
    if (input.size() >= kMaxChunkLine) return bad("a chunk's size line over " + std::to_string(kMaxChunkLine));
    return false;
  }
  if (lf == 0 || input[lf - 1] != '\r') return bad("a chunk's size line that ends in LF without CR");
  auto line = h1::read_chunk_line(input.substr(0, lf - 1));
  if (!line) return std::move(line).error();
  extensions_ += line->extension_size;
  if (extensions_ > kMaxChunkExtensions) return bad("chunk extensions over " + std::to_string(kMaxChunkExtensions));
  if (max_body != 0 && line->size > max_body - total_) {
    return Error{Fault::client, Code::content_too_large, false, "a chunked body over " + std::to_string(max_body)};
  }
  total_ = max_body != 0 ? total_ + line->size : 0;
  left_ = line->size;
  is_last_ = left_ == 0;
  input.remove_prefix(lf + 1);
  return true;
}

Result<bool> H1ChunkReader::read_data_end(std::string_view& input) {
  const auto end = input.substr(0, 2);
  if (end != std::string_view("\r\n").substr(0, end.size())) return bad("no CRLF after a chunk's data");
  if (end.size() < 2) return false;
  input.remove_prefix(2);
  return true;
}

}  // namespace zeroway
