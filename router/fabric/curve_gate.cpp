#include "router/fabric/curve_gate.h"

#include <zmq.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>
#include <utility>
#include <vector>

namespace zeroway {
namespace {

constexpr std::size_t kKeyText = 40;  // Z85 of 32 bytes (ZeroMQ RFC 32)
constexpr std::size_t kKeyBytes = 32;

Error bad(std::string detail) { return Error{Fault::router, Code::internal, false, std::move(detail)}; }

// tools/keygen writes both halves of a pair as 40 characters; their files' names tell them apart.
bool has_ending(const std::string& file, std::string_view ending) {
  return file.size() > ending.size() && file.ends_with(ending);
}

// A public key is a coordinate below 2^255 - 19 (RFC 7748 §4.1), little-endian. A secret key is any 32 bytes. Every
// second secret key has the highest bit set, which no public key has.
bool cannot_be_public(const std::string& key) {
  std::array<std::uint8_t, kKeyBytes> raw{};
  zmq_z85_decode(raw.data(), key.c_str());
  return (raw.back() & 0x80U) != 0;
}

Result<std::vector<std::string>> read_keys(const std::string& file) {
  std::ifstream in(file);
  if (!in) return bad("cannot read key file " + file);
  std::vector<std::string> keys;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    // '#' is a digit of Z85 too. A comment begins with '#' and a space, and no key holds a space.
    line.erase(std::min(line.find_first_of(" \t\r"), line.size()));
    if (line.empty() || line == "#") continue;
    std::array<std::uint8_t, kKeyBytes> raw{};
    if (line.size() != kKeyText || zmq_z85_decode(raw.data(), line.c_str()) == nullptr)
      return bad("key file " + file + " line " + std::to_string(number) + ": not 40 characters of Z85");
    keys.push_back(line);
  }
  return keys;
}

}  // namespace

Result<std::unique_ptr<CurveGate>> CurveGate::open(const std::string& key_file, const std::string& allow_file) {
  if (zmq_has("curve") == 0) return bad("this libzmq was built without CURVE");
  if (has_ending(key_file, ".pub"))
    return bad("key file " + key_file +
               ": this is the public half of a pair, for workers; the router needs its secret " + "half, " +
               key_file.substr(0, key_file.size() - 4) + ".key");
  auto own = read_keys(key_file);
  if (!own) return own.error();
  if (own->size() != 1)
    return bad("key file " + key_file + ": holds " + std::to_string(own->size()) + " keys, not one");
  std::unordered_set<std::string> allowed;
  if (!allow_file.empty()) {
    if (has_ending(allow_file, ".key"))
      return bad("key file " + allow_file +
                 ": this is the secret half of a worker's pair, which stays at the worker; " +
                 "the router allows its public half, " + allow_file.substr(0, allow_file.size() - 4) + ".pub");
    auto keys = read_keys(allow_file);
    if (!keys) return keys.error();
    if (keys->empty()) return bad("key file " + allow_file + ": allows nobody");
    if (const auto wrong = std::find_if(keys->begin(), keys->end(), cannot_be_public); wrong != keys->end())
      return bad("key file " + allow_file + ": key " + std::to_string(wrong - keys->begin() + 1) +
                 " is no public key; it may be a secret one");
    for (const std::string& key : *keys) {
      std::array<std::uint8_t, kKeyBytes> raw{};
      zmq_z85_decode(raw.data(), key.c_str());
      allowed.emplace(reinterpret_cast<const char*>(raw.data()), raw.size());
    }
  }
  return std::unique_ptr<CurveGate>(new CurveGate(own->front(), std::move(allowed)));
}

CurveGate::CurveGate(std::string secret_key, std::unordered_set<std::string> allowed)
    : secret_key_(std::move(secret_key)), allowed_(std::move(allowed)) {
  std::array<char, kKeyText + 1> public_key{};
  zmq_curve_public(public_key.data(), secret_key_.c_str());
  zmq_z85_decode(keys_.own_public.data(), public_key.data());
  zmq_z85_decode(keys_.own_secret.data(), secret_key_.c_str());
}

void CurveGate::guard(zmq::socket_t& socket) const {
  socket.set(zmq::sockopt::curve_server, true);
  socket.set(zmq::sockopt::curve_secretkey, secret_key_);
}

bool CurveGate::is_allowed(const std::string& raw_public_key) const {
  return raw_public_key.size() == kKeyBytes && (allowed_.empty() || allowed_.contains(raw_public_key));
}

std::string show_key(Bytes raw_public_key) {
  std::array<char, kKeyText + 1> text{};
  if (raw_public_key.size() != kKeyBytes) return "";
  return zmq_z85_encode(text.data(), raw_public_key.data(), kKeyBytes);
}

}  // namespace zeroway
