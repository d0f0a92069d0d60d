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

std::string read_key(const std::string& path, std::string_view kind) {
  std::ifstream file(path);
  if (!file) throw std::invalid_argument("key file " + path + " cannot be read");
  std::string found;
  for (std::string text; std::getline(file, text);) {
    const auto line = read_line(text);
    if (!line) continue;
    if (line->label.find(kind) != std::string::npos) return line->key;
    if (found.empty() && line->label.find_first_not_of(" \t\"'") == std::string::npos) found = line->key;
  }
  if (found.empty()) throw std::invalid_argument("key file " + path + " holds no " + std::string(kind) + " key");
  return found;
}

}  // namespace

WorkerKeys read_worker_keys(const std::string& key_file, const std::string& router_key) {
  WorkerKeys keys;
  keys.secret = read_key(key_file, "secret");
  keys.router_public = is_key(router_key) ? router_key : read_key(router_key, "public");
  std::array<char, kKeySize + 1> own{};
  if (zmq_curve_public(own.data(), keys.secret.c_str()) != 0)
    throw std::invalid_argument("key file " + key_file + ": this libzmq has no CURVE");
  keys.own_public = own.data();
  return keys;
}

}  // namespace zeroway
