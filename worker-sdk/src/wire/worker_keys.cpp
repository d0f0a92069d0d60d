#include "worker_keys.h"

#include <zmq.h>

#include <array>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace zeroway {

namespace {

constexpr std::size_t kKeySize = 40;

bool is_key(const std::string& text) {
  std::array<std::uint8_t, 32> bytes;
  return text.size() == kKeySize && zmq_z85_decode(bytes.data(), text.c_str()) != nullptr;
}

struct Line {
  std::string label;
  std::string key;
};

std::optional<Line> read_line(std::string text) {
  while (!text.empty() && std::string_view(" \t\r\"'").find(text.back()) != std::string_view::npos) text.pop_back();
  if (text.size() < kKeySize) return std::nullopt;
  Line line{text.substr(0, text.size() - kKeySize), text.substr(text.size() - kKeySize)};
  if (line.label.starts_with('#') || !is_key(line.key)) return std::nullopt;
  return line;
}

std::string public_half(const std::string& secret) {
  std::array<char, kKeySize + 1> text{};
  if (zmq_curve_public(text.data(), secret.c_str()) != 0) throw std::invalid_argument("this libzmq has no CURVE");
  return text.data();
}

struct KeyFile {
  std::string labelled_secret, labelled_public, unlabelled;  // the first key of each kind; empty when there is none
};

KeyFile read_key_file(std::istream& file) {
  KeyFile keys;
  const auto take = [](std::string& place, const std::string& key) {
    if (place.empty()) place = key;
  };
  for (std::string text; std::getline(file, text);) {
    const auto line = read_line(text);
    if (!line) continue;
    if (line->label.find("secret") != std::string::npos) take(keys.labelled_secret, line->key);
    if (line->label.find("public") != std::string::npos) take(keys.labelled_public, line->key);
    if (line->label.find_first_not_of(" \t\"'") == std::string::npos) take(keys.unlabelled, line->key);
  }
  return keys;
}

KeyFile read_key_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::invalid_argument("key file " + path + " cannot be read");
  return read_key_file(file);
}

// "a/router.key" and ".pub": the key in a/router.pub; empty when there is none.
std::string key_beside(const std::string& path, const std::string& ending) {
  const std::size_t dot = path.rfind('.');
  if (dot == std::string::npos || path.find('/', dot) != std::string::npos) return {};
  std::ifstream file(path.substr(0, dot) + ending);
  return file ? read_key_file(file).unlabelled : std::string();
}

// Both halves of a key are 40 characters and look alike. The label tells which half a key is, or the other half in the
// file beside it, as tools/keygen writes them, or the file's ending.
std::string read_secret(const std::string& path) {
  const KeyFile keys = read_key_file(path);
  if (!keys.labelled_secret.empty()) return keys.labelled_secret;
  const std::string beside = key_beside(path, ".key");
  const bool is_public = !keys.unlabelled.empty() && !beside.empty() && public_half(beside) == keys.unlabelled;
  if (!keys.labelled_public.empty() || is_public || path.ends_with(".pub"))
    throw std::invalid_argument("--key " + path + " is a public key: this worker's secret one is needed (NAME.key)");
  if (keys.unlabelled.empty()) throw std::invalid_argument("key file " + path + " holds no secret key");
  return keys.unlabelled;
}

std::string read_public(const std::string& path) {
  const KeyFile keys = read_key_file(path);
  if (!keys.labelled_public.empty()) return keys.labelled_public;
  const std::string beside = key_beside(path, ".pub");
  const bool is_secret = !keys.unlabelled.empty() && !beside.empty() && public_half(keys.unlabelled) == beside;
  if (!keys.labelled_secret.empty() || is_secret)
    throw std::invalid_argument("--router-key " + path +
                                " is a secret key: the router's public one is needed (NAME.pub)");
  if (keys.unlabelled.empty()) throw std::invalid_argument("key file " + path + " holds no public key");
  return keys.unlabelled;
}

}  // namespace

WorkerKeys read_worker_keys(const std::string& key_file, const std::string& router_key) {
  WorkerKeys keys;
  keys.secret = read_secret(key_file);
  keys.router_public = is_key(router_key) ? router_key : read_public(router_key);
  keys.own_public = public_half(keys.secret);
  return keys;
}

// The keys were checked when they were read.
CurveKeys raw_keys(const WorkerKeys& keys) {
  CurveKeys raw;
  zmq_z85_decode(raw.own_public.data(), keys.own_public.c_str());
  zmq_z85_decode(raw.own_secret.data(), keys.secret.c_str());
  zmq_z85_decode(raw.server.data(), keys.router_public.c_str());
  return raw;
}

}  // namespace zeroway
