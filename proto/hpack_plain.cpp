#include "proto/hpack_plain.h"

#include <array>
#include <cstdint>
#include <cstring>

namespace zeroway {

namespace {

// RFC 7541 Appendix A.
constexpr std::array<Field, 61> kStatic{{
    {":authority", ""},
    {":method", "GET"},
    {":method", "POST"},
    {":path", "/"},
    {":path", "/index.html"},
    {":scheme", "http"},
    {":scheme", "https"},
    {":status", "200"},
    {":status", "204"},
    {":status", "206"},
    {":status", "304"},
    {":status", "400"},
    {":status", "404"},
    {":status", "500"},
    {"accept-charset", ""},
    {"accept-encoding", "gzip, deflate"},
    {"accept-language", ""},
    {"accept-ranges", ""},
    {"accept", ""},
    {"access-control-allow-origin", ""},
    {"age", ""},
    {"allow", ""},
    {"authorization", ""},
    {"cache-control", ""},
    {"content-disposition", ""},
    {"content-encoding", ""},
    {"content-language", ""},
    {"content-length", ""},
    {"content-location", ""},
    {"content-range", ""},
    {"content-type", ""},
    {"cookie", ""},
    {"date", ""},
    {"etag", ""},
    {"expect", ""},
    {"expires", ""},
    {"from", ""},
    {"host", ""},
    {"if-match", ""},
    {"if-modified-since", ""},
    {"if-none-match", ""},
    {"if-range", ""},
    {"if-unmodified-since", ""},
    {"last-modified", ""},
    {"link", ""},
    {"location", ""},
    {"max-forwards", ""},
    {"proxy-authenticate", ""},
    {"proxy-authorization", ""},
    {"range", ""},
    {"referer", ""},
    {"refresh", ""},
    {"retry-after", ""},
    {"server", ""},
    {"set-cookie", ""},
    {"strict-transport-security", ""},
    {"transfer-encoding", ""},
    {"user-agent", ""},
    {"vary", ""},
    {"via", ""},
    {"www-authenticate", ""},
}};

constexpr std::size_t kSlots = 256;

constexpr std::size_t slot_of(std::string_view name) {
  const auto at = [&](std::size_t index) { return static_cast<std::size_t>(static_cast<std::uint8_t>(name[index])); };
  return (name.size() * 7 + at(0) * 3 + at(name.size() / 2) * 5 + at(name.size() - 1) * 31) % kSlots;
}

// A hash table with open addressing: where the entries of a name begin, 1 … 61; 0 = free.
constexpr std::array<std::uint8_t, kSlots> make_slots() {
  std::array<std::uint8_t, kSlots> slots{};
  for (std::size_t entry = kStatic.size(); entry > 0; --entry) {
    std::size_t slot = slot_of(kStatic[entry - 1].name);
    while (slots[slot] != 0 && kStatic[slots[slot] - 1U].name != kStatic[entry - 1].name) slot = (slot + 1) % kSlots;
    slots[slot] = static_cast<std::uint8_t>(entry);
  }
  return slots;
}

constexpr std::array<std::uint8_t, kSlots> kFirst = make_slots();

// The first static entry with this name, or 0.
std::size_t find_name(std::string_view name) {
  if (name.empty()) return 0;
  std::size_t slot = slot_of(name);
  while (kFirst[slot] != 0 && kStatic[kFirst[slot] - 1U].name != name) slot = (slot + 1) % kSlots;
  return kFirst[slot];
}

// The static entry that equals the whole field, or 0. `entry` is the first entry with the field's name.
std::size_t find_value(std::size_t entry, const Field& field) {
  if (field.value.empty()) return 0;
  for (; entry <= kStatic.size() && kStatic[entry - 1].name == field.name; ++entry)
    if (kStatic[entry - 1].value == field.value) return entry;
  return 0;
}

bool is_secret(std::string_view name) {
  return name == "authorization" || name == "cookie" || name == "set-cookie" || name == "proxy-authorization";
}

// §5.1: `bits` bits of the first byte belong to the number, the other bits to `pattern`.
char* write_number(char* at, std::uint8_t pattern, unsigned bits, std::size_t number) {
  const std::size_t full = (1U << bits) - 1;
  if (number < full) {
    *at++ = static_cast<char>(pattern | number);
    return at;
  }
  *at++ = static_cast<char>(pattern | full);
  for (number -= full; number >= 128; number >>= 7) *at++ = static_cast<char>(0x80 | (number & 0x7f));
  *at++ = static_cast<char>(number);
  return at;
}

char* write_text(char* at, std::string_view text) {
  at = write_number(at, 0, 7, text.size());
  std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

class Reader {
 public:
  explicit Reader(Bytes block) : at_(block.data()), end_(at_ + block.size()) {}

  [[nodiscard]] bool is_at_end() const { return at_ == end_; }
  [[nodiscard]] std::uint8_t peek() const { return *at_; }

  // Numbers here are lengths and indexes; a longer number is left to nghttp2.
  [[nodiscard]] bool read_number(unsigned bits, std::size_t& number) {
    const std::size_t full = (1U << bits) - 1;
    number = *at_++ & full;
    if (number < full) return true;
    for (unsigned shift = 0; shift <= 14; shift += 7) {
      if (at_ == end_) return false;
      const std::uint8_t byte = *at_++;
      number += static_cast<std::size_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) return true;
    }
    return false;
  }

  [[nodiscard]] bool read_text(std::string_view& text) {
    constexpr std::uint8_t kHuffman = 0x80;
    if (at_ == end_ || (*at_ & kHuffman) != 0) return false;
    std::size_t size = 0;
    if (!read_number(7, size) || size > static_cast<std::size_t>(end_ - at_)) return false;
    text = {reinterpret_cast<const char*>(at_), size};
    at_ += size;
    return true;
  }

 private:
  const std::uint8_t* at_;
  const std::uint8_t* end_;
};

bool read_field(Reader& reader, Field& field) {
  constexpr std::uint8_t kIndexed = 0x80;
  constexpr std::uint8_t kOthers = 0x60;  // literals with indexing, and table size updates
  const std::uint8_t first = reader.peek();
  std::size_t entry = 0;
  if ((first & kIndexed) != 0) {
    if (!reader.read_number(7, entry) || entry == 0 || entry > kStatic.size()) return false;
    field = kStatic[entry - 1];
    return true;
  }
  if ((first & kOthers) != 0 || !reader.read_number(4, entry) || entry > kStatic.size()) return false;
  if (entry != 0) {
    field.name = kStatic[entry - 1].name;
  } else if (!reader.read_text(field.name) || field.name.empty()) {
    return false;
  }
  return reader.read_text(field.value);
}

}  // namespace

void encode_plain(const Head& head, std::string& out) {
  constexpr std::uint8_t kNeverIndexed = 0x10;
  const std::size_t begin = out.size();
  out.resize(begin +
             head.list_size());  // the 32 bytes that list_size() adds for a field are more than its encoding adds
  char* at = out.data() + begin;
  for (const Field& field : head) {
    const std::size_t entry = find_name(field.name);
    if (const std::size_t whole = entry == 0 ? 0 : find_value(entry, field); whole != 0) {
      at = write_number(at, 0x80, 7, whole);
      continue;
    }
    at = write_number(at, is_secret(field.name) ? kNeverIndexed : std::uint8_t{0}, 4, entry);
    if (entry == 0) at = write_text(at, field.name);
    at = write_text(at, field.value);
  }
  out.resize(static_cast<std::size_t>(at - out.data()));
}

bool decode_plain(Bytes block, Head& head, std::size_t max_list_size) {
  Reader reader(block);
  Field field;
  while (!reader.is_at_end()) {
    if (!read_field(reader, field)) return false;
    if (head.list_size() + field.name.size() + field.value.size() + 32 > max_list_size) return false;
    head.add(field.name, field.value);
  }
  return true;
}

}  // namespace zeroway
