#include "tests/http/ws_peer.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "tests/http/case_file.h"

namespace zeroway::test {
namespace {

void must(bool good, const char* what) {
  if (!good) throw std::logic_error(what);
}

std::string big_endian(std::uint64_t value, int bytes) {
  std::string text;
  while (bytes-- > 0) text += static_cast<char>(value >> (8 * bytes));
  return text;
}

std::uint64_t number(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = value << 8U | static_cast<unsigned char>(c);
  return value;
}

}  // namespace

std::string frame(unsigned opcode, std::string_view payload, FrameShape shape) {
  std::string made;
  made += static_cast<char>((shape.is_final ? 0x80U : 0U) | shape.reserved << 4U | opcode);
  const unsigned mask_bit = shape.is_masked ? 0x80U : 0U;
  const auto size = payload.size();
  if (shape.long_form == 127 || size > 65'535) {
    made += static_cast<char>(mask_bit | 127U);
    made += big_endian(size, 8);
  } else if (shape.long_form == 126 || size > 125) {
    made += static_cast<char>(mask_bit | 126U);
    made += big_endian(size, 2);
  } else {
    made += static_cast<char>(mask_bit | size);
  }
  if (!shape.is_masked) return made.append(payload);
  constexpr std::string_view kKey = "\x37\xfa\x21\x3d";
  made += kKey;
  for (std::size_t at = 0; at < size; ++at) made += static_cast<char>(payload[at] ^ kKey[at % 4]);
  return made;
}

std::string part(unsigned opcode, std::string_view payload, unsigned reserved) {
  return frame(opcode, payload, {.is_final = false, .reserved = reserved});
}

std::string close_frame(unsigned code, std::string_view reason) {
  return frame(kClose, big_endian(code, 2) + std::string(reason));
}

std::string shown(std::string_view what, std::string_view payload) {
  std::string line(what);
  if (payload.size() <= 60) return line + " \"" + escape(payload) + '"';
  return line + ' ' + std::to_string(payload.size()) + " #" +
         std::to_string(crc32(0, reinterpret_cast<const Bytef*>(payload.data()), static_cast<uInt>(payload.size())));
}

std::string closed(unsigned code, std::string_view reason) {
  const std::string line = "close " + std::to_string(code);
  return reason.empty() ? line : line + ' ' + shown("for", reason);
}

ClientDeflate::ClientDeflate(int window_bits, bool takeover, int level) : takeover_(takeover) {
  must(deflateInit2(&stream_, level, Z_DEFLATED, -window_bits, 8, Z_DEFAULT_STRATEGY) == Z_OK, "deflateInit2");
}

ClientDeflate::~ClientDeflate() { deflateEnd(&stream_); }

std::string ClientDeflate::message(std::string_view payload) {
  if (payload.empty()) return std::string(1, '\0');
  std::string packed(deflateBound(&stream_, payload.size()) + 64, '\0');
  stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(payload.data()));
  stream_.avail_in = static_cast<uInt>(payload.size());
  stream_.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream_.avail_out = static_cast<uInt>(packed.size());
  must(deflate(&stream_, Z_SYNC_FLUSH) == Z_OK && stream_.avail_out > 0, "deflate");
  packed.resize(packed.size() - stream_.avail_out);
  must(packed.ends_with(std::string_view("\0\0\xff\xff", 4)), "no tail");
  packed.resize(packed.size() - 4);
  if (!takeover_) deflateReset(&stream_);
  return packed;
}

ClientReader::ClientReader(std::optional<WsDeflateTerms> deflate) : deflate_(deflate) {
  if (deflate_) must(inflateInit2(&stream_, -deflate_->our_window_bits) == Z_OK, "inflateInit2");
}

ClientReader::~ClientReader() { inflateEnd(&stream_); }

void ClientReader::note(const std::string& what) { text_ += (text_.empty() ? "" : " · ") + what; }

void ClientReader::read(std::string_view sent) {
  kept_ += sent;
  while (kept_.size() >= 2) {
    const unsigned length = static_cast<unsigned char>(kept_[1]);
    must(length <= 127, "a masked frame from a server");
    const std::size_t extended = length == 126 ? 2 : length == 127 ? 8 : 0;
    if (kept_.size() < 2 + extended) return;
    const auto size = extended > 0 ? number(std::string_view(kept_).substr(2, extended)) : length;
    must(extended == 0 || size > (extended == 2 ? 125U : 65'535U), "a length not in its shortest form");
    if (kept_.size() < 2 + extended + size) return;
    one(static_cast<unsigned char>(kept_[0]), std::string_view(kept_).substr(2 + extended, size));
    kept_.erase(0, 2 + extended + size);
  }
}

void ClientReader::one(unsigned first, std::string_view payload) {
  must(!is_closed_, "a frame after the Close");
  const unsigned opcode = first & 15U;
  const bool is_final = (first & 0x80U) != 0;
  must((first & 0x30U) == 0, "a reserved bit");
  if (opcode >= 8) {
    must(is_final && payload.size() <= 125 && (first & 0x40U) == 0, "a wrong control frame");
    if (opcode == kPing) last_ping = payload;
    if (opcode == kPong) note(shown("pong", payload));
    if (opcode == kClose) {
      is_closed_ = true;
      must(payload.size() != 1, "half a code");
      if (payload.empty()) {
        note("close");
      } else {
        note(closed(static_cast<unsigned>(number(payload.substr(0, 2))),
                    shows_reasons ? payload.substr(2) : std::string_view{}));
      }
    }
    return;
  }
  must(opcode <= 2 && (opcode == 0) == is_in_message_, "a fragment out of order");
  ++frames;
  largest = std::max(largest, payload.size());
  if (opcode != 0) {
    opcode_ = opcode;
    is_compressed_ = (first & 0x40U) != 0;
    must(!is_compressed_ || deflate_, "compressed without agreement");
    message_.clear();
    compressed += is_compressed_ ? 1 : 0;
  } else {
    must((first & 0x40U) == 0, "RSV1 on a continuation");
  }
  message_ += payload;
  is_in_message_ = !is_final;
  if (!is_final) return;
  if (is_compressed_) message_ = inflated(message_);
  note(shown(opcode_ == kText ? "text" : "binary", message_));
}

std::string ClientReader::inflated(std::string_view payload) {
  const std::string input = std::string(payload) + std::string("\0\0\xff\xff", 4);
  std::string out;
  std::array<Bytef, 65'536> buffer;
  stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
  stream_.avail_in = static_cast<uInt>(input.size());
  do {
    stream_.next_out = buffer.data();
    stream_.avail_out = buffer.size();
    const int result = inflate(&stream_, Z_SYNC_FLUSH);
    must(result == Z_OK || result == Z_BUF_ERROR, "what is sent does not inflate");
    out.append(reinterpret_cast<const char*>(buffer.data()), buffer.size() - stream_.avail_out);
  } while (stream_.avail_out == 0 || stream_.avail_in > 0);
  if (!deflate_->our_takeover) inflateReset(&stream_);
  return out;
}

EchoWorker::EchoWorker(const WebSocketSettings& settings, std::optional<WsDeflateTerms> deflate, std::uint64_t credit)
    : codec(settings, deflate, credit, output), client(deflate) {}

void EchoWorker::note(const std::string& what) { told += (told.empty() ? "" : " · ") + what; }

void EchoWorker::feed(std::string_view piece) {
  kept_ += piece;
  kept_.erase(0, codec.read(as_bytes(kept_), *this));
  flush();
}

void EchoWorker::flush() {
  client.read(output);
  output.clear();
}

void EchoWorker::credit(std::uint32_t bytes) {
  codec.credit(bytes);
  feed({});
}

void EchoWorker::tick(Time now) {
  due = codec.tick(now, *this);
  flush();
}

void EchoWorker::forget() {
  for (auto* one : {&told, &message_, &kept_, &output}) std::string().swap(*one);
}

void EchoWorker::piece(Bytes bytes, MessageKind kind, Last last) {
  message_ += as_text(bytes);
  received += bytes.size();
  largest_piece = std::max(largest_piece, bytes.size());
  if (gives_credit) codec.credit(static_cast<std::uint32_t>(bytes.size()));
  if (echoes) codec.piece(bytes, kind, last);
  if (last == Last::no) return;
  note(shown(kind == MessageKind::text ? "text" : "binary", message_));
  message_.clear();
}

void EchoWorker::blamed(const Error& error) {
  must(error.code == Code::bad_request && !is_blamed, "blamed");
  is_blamed = true;
}

void EchoWorker::end(Head& trailers) {
  const auto code = trailers.find("close-code");
  must((code == "1006") == is_blamed, "1006 without blame, or the reverse");
  if (is_blamed) must(trailers.find("close-reason").has_value(), "not a word about which rule");
  if (is_blamed)
    note("broken");
  else
    note(code ? closed(static_cast<unsigned>(std::atoi(std::string(*code).c_str())),
                       trailers.find("close-reason").value_or(std::string_view{}))
              : "close");
  if (answers_end) codec.end(Head{});
}

void EchoWorker::reset(const Error& error) {
  if (error.code == Code::cancelled) return note("lost");
  note("broken");
  codec.reset(error);  // as the session does
}

}  // namespace zeroway::test
