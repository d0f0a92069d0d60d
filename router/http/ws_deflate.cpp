#include "router/http/ws_deflate.h"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>

namespace zeroway {
namespace {

constexpr std::string_view kTail("\0\0\xff\xff", 4);  // RFC 7692 §7.2.1: not sent
constexpr std::size_t kPiece = 16'384;                // bytes of output per call of deflate()

// zlib's large blocks come from the kernel (mmap) and go back to it. On the heap, freed blocks would lie between blocks
// in use and never leave the process: a thousand resting WebSockets would cost as much as a thousand busy ones.
constexpr std::size_t kMapped = 4'096;  // zlib's states for deflate and for inflate are larger, too
constexpr std::size_t kPrefix = 16;     // holds the size, keeps the alignment

voidpf take_memory(voidpf, uInt items, uInt size) {
  const std::size_t bytes = std::size_t{items} * size + kPrefix;
  void* memory = bytes < kMapped ? std::malloc(bytes)
                                 : ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == nullptr || memory == MAP_FAILED) return nullptr;
  std::memcpy(memory, &bytes, sizeof bytes);
  return static_cast<char*>(memory) + kPrefix;
}

void give_memory(voidpf, voidpf memory) {
  void* const begin = static_cast<char*>(memory) - kPrefix;
  std::size_t bytes = 0;
  std::memcpy(&bytes, begin, sizeof bytes);
  if (bytes < kMapped) return std::free(begin);
  ::munmap(begin, bytes);
}

z_stream new_stream() {
  z_stream stream{};
  stream.zalloc = &take_memory;
  stream.zfree = &give_memory;
  return stream;
}

const Bytef* bytes_of(Bytes bytes) { return bytes.data(); }

Error bad(const char* what) {
  return Error{Fault::client, Code::bad_request, false, std::string("inflate: ") + (what != nullptr ? what : "?")};
}

}  // namespace

void WsInflater::give(Bytes input) {
  assert(is_hungry_);
  stream_.next_in = const_cast<Bytef*>(bytes_of(input));
  stream_.avail_in = static_cast<uInt>(input.size());
  is_hungry_ = false;
}

void WsInflater::give_tail() { give(as_bytes(kTail)); }

Result<std::size_t> WsInflater::next(std::span<std::uint8_t> out) {
  if (!is_awake_ && !wake()) return bad("no memory");
  stream_.next_out = out.data();
  stream_.avail_out = static_cast<uInt>(out.size());
  while (stream_.avail_out > 0) {
    const int result = inflate(&stream_, Z_SYNC_FLUSH);
    if (result == Z_STREAM_END) {  // a block with BFINAL is legal, and another block may follow (RFC 7692 §7.2.3.4)
      if (!begin_anew()) return bad("no memory");
      if (stream_.avail_in == 0) break;
    } else if (result == Z_BUF_ERROR || (result == Z_OK && stream_.avail_in == 0)) {
      break;
    } else if (result != Z_OK) {
      return bad(stream_.msg);
    }
  }
  is_hungry_ = stream_.avail_in == 0 && stream_.avail_out > 0;
  return out.size() - stream_.avail_out;
}

void WsInflater::message_ended() {
  if (!terms_.their_takeover && is_awake_) inflateReset(&stream_);
}

bool WsInflater::wake() {
  // The client agreed not to use a larger window, so ours need not be larger.
  const Bytes input{stream_.next_in, stream_.avail_in};
  stream_ = new_stream();
  if (inflateInit2(&stream_, -terms_.their_window_bits) != Z_OK) return false;
  is_awake_ = true;
  const auto past = std::exchange(past_, {});
  if (!past.empty()) {
    inflateSetDictionary(&stream_, reinterpret_cast<const Bytef*>(past.data()), static_cast<uInt>(past.size()));
  }
  stream_.next_in = const_cast<Bytef*>(bytes_of(input));
  stream_.avail_in = static_cast<uInt>(input.size());
  return true;
}

bool WsInflater::begin_anew() {
  const auto past = window();
  if (inflateReset(&stream_) != Z_OK) return false;
  return past.empty() || inflateSetDictionary(&stream_, reinterpret_cast<const Bytef*>(past.data()),
                                              static_cast<uInt>(past.size())) == Z_OK;
}

std::string WsInflater::window() {
  uInt size = 0;
  if (inflateGetDictionary(&stream_, nullptr, &size) != Z_OK || size == 0) return {};
  std::string text(size, '\0');
  inflateGetDictionary(&stream_, reinterpret_cast<Bytef*>(text.data()), &size);
  return text;
}

void WsInflater::rest() {
  if (!is_awake_) return;
  if (terms_.their_takeover) past_ = window();
  inflateEnd(&stream_);
  stream_ = {};
  is_awake_ = false;
}

void WsDeflater::wake() {
  // zlib has no raw window of 8 bits. With 9 bits it refers back 250 bytes at most (512 less its look-ahead of 262), so
  // a client with a window of 256 bytes can inflate its output.
  const int bits = std::max<int>(terms_.our_window_bits, 9);
  stream_ = new_stream();
  if (deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -bits, terms_.memory_level, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    throw std::bad_alloc();
  }
  is_awake_ = true;
}

void WsDeflater::write(Bytes piece, Last last, std::string& out) {
  if (!is_awake_) wake();
  std::array<Bytef, kPiece> buffer;
  stream_.next_in = const_cast<Bytef*>(bytes_of(piece));
  stream_.avail_in = static_cast<uInt>(piece.size());
  do {
    stream_.next_out = buffer.data();
    stream_.avail_out = static_cast<uInt>(buffer.size());
    static_cast<void>(deflate(&stream_, last == Last::yes ? Z_SYNC_FLUSH : Z_NO_FLUSH));
    out.append(reinterpret_cast<const char*>(buffer.data()), buffer.size() - stream_.avail_out);
  } while (stream_.avail_out == 0);
  if (last == Last::no) return;
  assert(out.ends_with(kTail));
  out.resize(out.size() - kTail.size());
  if (!terms_.our_takeover) deflateReset(&stream_);
}

void WsDeflater::rest() {
  if (!is_awake_) return;
  deflateEnd(&stream_);
  is_awake_ = false;
}

}  // namespace zeroway
