#include "router/net/proxy_header.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <vector>

#include "router/net/limits.h"
#include "router/net/socket.h"

namespace zeroway {

namespace {

// Version 2:
//
//   0               12        13       14        16
//   | signature     | version | family | length  | addresses and ports | TLVs            |
//   |               | command | proto  | of what |◀──── length bytes ─────────────────────▶|
//                                      | follows |
constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::string_view kWord = "PROXY ";  // version 1
constexpr std::size_t kHead = 16;
constexpr std::uint8_t kLocal = 0x20, kProxy = 0x21;   // version 2 and command
constexpr std::uint8_t kTcp4 = 0x11, kTcp6 = 0x21;     // family and protocol
constexpr std::size_t kTcp4Size = 12, kTcp6Size = 36;  // two addresses, two ports

template <class SystemAddress>
Peer peer_from(SystemAddress address) {
  sockaddr_storage storage{};
  std::memcpy(&storage, &address, sizeof address);
  return read_peer(storage);
}

Peer peer_v4(const char* address, std::uint16_t port) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  std::memcpy(&v4.sin_addr, address, sizeof v4.sin_addr);
  return peer_from(v4);
}

Peer peer_v6(const char* address, std::uint16_t port) {
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  std::memcpy(&v6.sin6_addr, address, sizeof v6.sin6_addr);
  return peer_from(v6);
}

std::uint8_t byte_at(std::string_view text, std::size_t at) { return static_cast<std::uint8_t>(text[at]); }

std::uint16_t number_at(std::string_view text, std::size_t at) {
  return static_cast<std::uint16_t>(byte_at(text, at) << 8 | byte_at(text, at + 1));
}

bool is_beginning(std::string_view text, std::string_view whole) {
  return whole.starts_with(text.substr(0, whole.size()));
}

// Decimal, without sign or zeros in front.
std::optional<std::uint16_t> read_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (failure != std::errc() || end != text.data() + text.size() || (text.size() > 1 && text[0] == '0')) {
    return std::nullopt;
  }
  return port;
}

std::optional<Peer> read_end(int family, std::string_view address, std::string_view port) {
  const auto number = read_port(port);
  std::array<char, 16> bytes{};
  const bool has_zero = address.find('\0') != std::string_view::npos;
  if (!number || has_zero || ::inet_pton(family, std::string(address).c_str(), bytes.data()) != 1) return std::nullopt;
  return family == AF_INET ? peer_v4(bytes.data(), *number) : peer_v6(bytes.data(), *number);
}

std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t space = line.find(' ');
    words.push_back(line.substr(0, space));
    if (space == std::string_view::npos) return words;
    line.remove_prefix(space + 1);
  }
}

}  // namespace

// --- reading

std::size_t ProxyHeaderReader::read(Bytes bytes) {
  std::size_t taken = 0;
  while (state_ == State::reading && taken < bytes.size()) {
    const Bytes left = bytes.subspan(taken);
    if (phase_ == Phase::extensions) {
      taken += skip(left);
      continue;
    }
    const std::size_t count = std::min(wanted(), left.size());
    kept_.append(as_text(left.first(count)));
    taken += count;
    look();
  }
  return taken;
}

std::size_t ProxyHeaderReader::skip(Bytes bytes) {
  const std::size_t count = std::min(extensions_, bytes.size());
  extensions_ -= count;
  if (extensions_ == 0) finish();
  return count;
}

// How many bytes may be taken without taking one behind the header. A line ends where it ends: byte by byte.
std::size_t ProxyHeaderReader::wanted() const {
  if (phase_ == Phase::binary_head) return kHead - kept_.size();
  if (phase_ == Phase::addresses) return kHead + address_size_ - kept_.size();
  return 1;
}

void ProxyHeaderReader::look() {
  if (phase_ == Phase::signature) return look_at_signature();
  if (phase_ == Phase::line) return look_at_line();
  if (phase_ == Phase::binary_head && kept_.size() == kHead) return look_at_binary_head();
  if (phase_ == Phase::addresses && kept_.size() == kHead + address_size_) return look_at_addresses();
}

void ProxyHeaderReader::look_at_signature() {
  if (kept_ == kWord) phase_ = Phase::line;
  if (kept_ == kSignature) phase_ = Phase::binary_head;
  if (!is_beginning(kept_, kWord) && !is_beginning(kept_, kSignature)) fail("no PROXY header");
}

// "PROXY TCP4 192.0.2.1 192.0.2.2 40000 443\r\n", or "PROXY UNKNOWN", then anything up to the end of the line.
void ProxyHeaderReader::look_at_line() {
  if (!kept_.ends_with("\r\n")) {
    if (kept_.size() >= kMaxProxyLine) fail("the line of the PROXY header is too long");
    return;
  }
  const std::vector<std::string_view> words = split(std::string_view(kept_).substr(0, kept_.size() - 2));
  if (words[1] == "UNKNOWN") return finish();
  const bool is_v4 = words[1] == "TCP4";
  if (!is_v4 && words[1] != "TCP6") return fail("no such protocol in the PROXY header");
  if (words.size() != 6) return fail("the PROXY header has not four parts behind its protocol");
  const int family = is_v4 ? AF_INET : AF_INET6;
  const auto source = read_end(family, words[2], words[4]);
  const auto destination = read_end(family, words[3], words[5]);
  if (!source || !destination) return fail("a bad address or port in the PROXY header");
  ends_ = {*source, *destination};
  has_ends_ = true;
  finish();
}

void ProxyHeaderReader::look_at_binary_head() {
  const std::uint8_t command = byte_at(kept_, 12);
  const std::uint8_t family = byte_at(kept_, 13);
  const std::size_t size = number_at(kept_, 14);
  if (command >> 4 != 2) return fail("no such version of the PROXY header");
  if (command != kLocal && command != kProxy) return fail("no such command in the PROXY header");
  if (command == kProxy && family == kTcp4) address_size_ = kTcp4Size;
  if (command == kProxy && family == kTcp6) address_size_ = kTcp6Size;
  if (size < address_size_) return fail("the PROXY header is shorter than its addresses");
  extensions_ = size - address_size_;
  phase_ = Phase::addresses;
  if (address_size_ == 0) skip_extensions();
}

void ProxyHeaderReader::look_at_addresses() {
  const char* const at = kept_.data() + kHead;
  if (address_size_ == kTcp4Size) {
    ends_ = {peer_v4(at, number_at(kept_, kHead + 8)), peer_v4(at + 4, number_at(kept_, kHead + 10))};
  } else {
    ends_ = {peer_v6(at, number_at(kept_, kHead + 32)), peer_v6(at + 16, number_at(kept_, kHead + 34))};
  }
  has_ends_ = true;
  skip_extensions();
}

void ProxyHeaderReader::skip_extensions() {
  phase_ = Phase::extensions;
  if (extensions_ == 0) finish();
}

void ProxyHeaderReader::finish() {
  std::string().swap(kept_);
  state_ = State::done;
}

void ProxyHeaderReader::fail(std::string_view why) {
  state_ = State::failed;
  failure_ = why;
}

// --- writing

namespace {

struct BinaryAddress {
  int family = AF_UNSPEC;
  std::array<char, 16> bytes{};
};

BinaryAddress binary(const std::string& text) {
  BinaryAddress address;
  if (::inet_pton(AF_INET, text.c_str(), address.bytes.data()) == 1) {
    address.family = AF_INET;
  } else if (::inet_pton(AF_INET6, text.substr(0, text.find('%')).c_str(), address.bytes.data()) == 1) {
    address.family = AF_INET6;
  }
  return address;
}

// IPv4 as ::ffff:a.b.c.d: a header has one family for both ends.
void widen(BinaryAddress& address) {
  if (address.family != AF_INET) return;
  std::array<char, 16> wide{};
  wide[10] = wide[11] = '\xff';
  std::copy_n(address.bytes.begin(), 4, wide.begin() + 12);
  address = {AF_INET6, wide};
}

std::string shown(const BinaryAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(address.family, address.bytes.data(), text.data(), text.size());
  return text.data();
}

void append_number(std::string& out, std::size_t number) {
  out.push_back(static_cast<char>(number >> 8 & 0xff));
  out.push_back(static_cast<char>(number & 0xff));
}

std::string binary_head(std::uint8_t command, std::uint8_t family, std::size_t size) {
  std::string out(kSignature);
  out.push_back(static_cast<char>(command));
  out.push_back(static_cast<char>(family));
  append_number(out, size);
  return out;
}

}  // namespace

std::string own_proxy_header(ProxyVersion version) {
  return version == ProxyVersion::one ? "PROXY UNKNOWN\r\n" : binary_head(kLocal, 0, 0);
}

std::string proxy_header(ProxyVersion version, const ConnectionEnds& ends) {
  BinaryAddress source = binary(ends.source.address);
  BinaryAddress destination = binary(ends.destination.address);
  const bool is_known = source.family != AF_UNSPEC && destination.family != AF_UNSPEC;
  if (!is_known) return version == ProxyVersion::one ? "PROXY UNKNOWN\r\n" : binary_head(kProxy, 0, 0);
  if (source.family != destination.family) {
    widen(source);
    widen(destination);
  }
  const bool is_v4 = source.family == AF_INET;
  if (version == ProxyVersion::one) {
    return std::string(is_v4 ? "PROXY TCP4 " : "PROXY TCP6 ") + shown(source) + " " + shown(destination) + " " +
           std::to_string(ends.source.port) + " " + std::to_string(ends.destination.port) + "\r\n";
  }
  std::string out = binary_head(kProxy, is_v4 ? kTcp4 : kTcp6, is_v4 ? kTcp4Size : kTcp6Size);
  const std::size_t size = is_v4 ? 4 : 16;
  out.append(source.bytes.data(), size).append(destination.bytes.data(), size);
  append_number(out, ends.source.port);
  append_number(out, ends.destination.port);
  return out;
}

}  // namespace zeroway
