// Runs every vector of tests/cases/proto: what the specification's examples say must be what this code reads.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>

#include "proto/control.h"
#include "proto/hpack.h"
#include "proto/message.h"

using namespace zeroway;
using nlohmann::json;

namespace {

// Where reading failed, as the vectors call it: "message", "payload" or "block".
struct Malformed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <class T>
T good(Result<T> result, const char* where) {
  if (!result) throw Malformed(where);
  return *std::move(result);
}

std::string from_hex(const std::string& hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return out;
}

std::string to_hex(std::uint64_t value) {
  std::string out(16, '0');
  for (std::size_t i = 16; i-- > 0; value >>= 4) out[i] = "0123456789abcdef"[value & 15];
  return out;
}

struct Name {
  FrameType type;
  const char* name;
  const char* flag_1;  // what 0x1 means for this type; nullptr = nothing
  const char* flag_4;
};

constexpr Name kNames[] = {{FrameType::data, "DATA", "END_STREAM", nullptr},
                           {FrameType::headers, "HEADERS", "END_STREAM", "END_HEADERS"},
                           {FrameType::rst_stream, "RST_STREAM", nullptr, nullptr},
                           {FrameType::ping, "PING", "ACK", nullptr},
                           {FrameType::goaway, "GOAWAY", nullptr, nullptr},
                           {FrameType::window_update, "WINDOW_UPDATE", nullptr, nullptr},
                           {FrameType::hello, "HELLO", nullptr, nullptr},
                           {FrameType::welcome, "WELCOME", nullptr, nullptr},
                           {FrameType::message, "MESSAGE", "TEXT", "END_MESSAGE"}};

Name name_of(FrameType type) {
  for (const Name& name : kNames) {
    if (name.type == type) return name;
  }
  return {type, "UNKNOWN", nullptr, nullptr};
}

json fields_of(const Frame& frame, HpackDecoder& decoder) {
  Head head;
  if (!decoder.decode(frame.payload, head)) throw Malformed("block");
  json fields = json::array();
  for (const Field field : head) fields.push_back({std::string(field.name), std::string(field.value)});
  return fields;
}

json json_of(const WampRealm& wamp) {
  json serializers = json::array();
  for (const Serializer serializer : kSerializers)
    if (wamp.serializers.contains(serializer)) serializers.push_back(name_of(serializer));
  return {{"realm", wamp.realm}, {"serializers", serializers}, {"shared", wamp.is_shared}, {"since", wamp.since}};
}

json json_of(const Hello& hello) {
  json routes = json::array();
  for (const RouteClaim& route : hello.routes)
    routes.push_back({{"host", route.host}, {"path", route.path}, {"match", path_match_name(route.match)}});
  const bool is_announced = is_announced_pool(hello.group);  // then the group is not on the wire
  json out = {{"version", hello.version},
              {"name", hello.name},
              {"instance", hello.instance},
              {"pid", hello.pid},
              {"replaces", hello.replaces},
              {"weight", hello.weight},
              {"capacity", hello.capacity},
              {"state", hello.state},
              {"routes", routes},
              {"group", is_announced ? "" : hello.group},
              {"role", hello.is_standby ? "standby" : "active"}};
  if (hello.wamp) out["wamp"] = json_of(*hello.wamp);
  return out;
}

json json_of(const Welcome& welcome) {
  json pairs = json::array();
  for (const Pair& pair : welcome.pairs) pairs.push_back({{"deal", pair.deal}, {"steer", pair.steer}});
  return {{"version", welcome.version},
          {"router", welcome.router},
          {"loop", welcome.loop},
          {"pairs", pairs},
          {"heartbeat_interval", welcome.heartbeat_interval},
          {"heartbeat_timeout", welcome.heartbeat_timeout}};
}

void add_payload(json& out, const Frame& frame, HpackDecoder& decoder) {
  const char* const where = "payload";
  switch (frame.type) {
    case FrameType::headers:
      out["fields"] = fields_of(frame, decoder);
      return;
    case FrameType::data:
    case FrameType::message:
      out["text"] = std::string(as_text(frame.payload));
      return;
    case FrameType::rst_stream:
      out["code"] = static_cast<std::uint32_t>(good(read_rst_stream(frame), where));
      return;
    case FrameType::ping:
      out["opaque"] = to_hex(good(read_ping(frame), where));
      return;
    case FrameType::goaway: {
      const Goaway goaway = good(read_goaway(frame), where);
      out["last_stream"] = goaway.last_stream;
      out["code"] = static_cast<std::uint32_t>(goaway.code);
      out["reason"] = std::string(goaway.reason);
      return;
    }
    case FrameType::window_update:
      out["increment"] = good(read_window_update(frame), where);
      return;
    case FrameType::hello:
      out["json"] = json_of(good(read_hello(frame.payload), where));
      return;
    case FrameType::welcome:
      out["json"] = json_of(good(read_welcome(frame.payload), where));
      return;
  }
  out["number"] = static_cast<int>(frame.type);
}

json json_of(const Frame& frame, HpackDecoder& decoder) {
  const Name name = name_of(frame.type);
  json flags = json::array();
  if (name.flag_4 != nullptr && frame.has(0x4)) flags.push_back(name.flag_4);
  if (name.flag_1 != nullptr && frame.has(0x1)) flags.push_back(name.flag_1);
  json out = {{"type", name.name}, {"stream", frame.stream}, {"flags", flags}};
  add_payload(out, frame, decoder);
  return out;
}

// The vector's own form of what these bytes say.
json read(const std::string& message, HpackDecoder& decoder) {
  try {
    json frames = json::array();
    MessageReader reader(as_bytes(message));
    while (auto frame = good(reader.next(), "message")) frames.push_back(json_of(*frame, decoder));
    return {{"frames", frames}};
  } catch (const Malformed& malformed) {
    return {{"error", malformed.what()}};
  }
}

json in_order(json vector) {
  for (json& frame : vector["frames"]) std::sort(frame["flags"].begin(), frame["flags"].end());
  return vector;
}

json expected(const json& vector) {
  return vector.contains("error") ? json{{"error", vector["error"]}} : in_order({{"frames", vector["frames"]}});
}

}  // namespace

TEST_CASE("vectors: every message of the specification's examples says what the examples say") {
  HpackDecoder decoder;  // one for all: no block may leave a trace
  int count = 0;
  for (const auto& file : std::filesystem::directory_iterator(ZEROWAY_CASES "/proto")) {
    if (file.path().extension() != ".json") continue;
    std::ifstream in(file.path());
    const json cases = json::parse(in).at("cases");
    for (const json& vector : cases) {
      INFO(file.path().filename().string() << ": " << vector.at("name").get<std::string>());
      const json found = read(from_hex(vector.at("hex")), decoder);
      CHECK((found.contains("error") ? found : in_order(found)) == expected(vector));
      ++count;
    }
  }
  CHECK(count >= 74);
}
