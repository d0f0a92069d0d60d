// One message of a WAMP client, in any of the serializers, from a session that has something of everything. What is
// read reads the same when it is written again. All that anybody is told can be written with every serializer, and
// reads the same. When all clients are gone, nothing is left.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "examples/wamp-worker/conversation.h"
#include "tests/fuzz/must.h"

using namespace wamp;
using zeroway::must;

namespace {

constexpr Serializer kAll[] = {Serializer::json, Serializer::msgpack, Serializer::cbor};

// JSON has null for what it cannot write, and text of U+0000 and base64 reads as bytes: the second time all is as
// before.
void check_written(const Value& value) {
  for (const Serializer one : kAll) {
    const Value once = decode(one, encode(one, value));
    must(encode(one, decode(one, encode(one, once))) == encode(one, once));
  }
}

struct Client final : Transport {
  explicit Client(Realms& realms) : conversation(realms, *this, Time{}) {}
  void send(const Letter& letter) override {
    must(!is_closed);
    check_written(letter.message());
  }
  [[nodiscard]] std::size_t backlog() const override { return 0; }
  void drop() override { must(false); }
  void close(int code, std::string_view) override {
    must(code == 1000 || code == 1002);
    is_closed = true;
  }
  void says(const char* json, Time now) { conversation.hear(decode(Serializer::json, json), now); }

  bool is_closed = false;
  Conversation conversation;
};

// Subscriptions and registrations of all kinds, and a call that has not been answered.
void prepare(Client& client, Time now) {
  client.says(R"([1,"realm1",{"roles":{"publisher":{},"subscriber":{},"caller":{},"callee":{"features":
      {"progressive_call_results":true,"call_canceling":true}}}}])",
              now);
  client.says(R"([32,1,{},"com.a"])", now);
  client.says(R"([32,2,{"match":"prefix"},"com."])", now);
  client.says(R"([32,3,{"match":"wildcard"},"com..b"])", now);
  client.says(R"([64,4,{"invoke":"roundrobin"},"com.a"])", now);
  client.says(R"([64,5,{"match":"prefix","invoke":"last"},"com."])", now);
  client.says(R"([64,6,{"match":"wildcard","invoke":"first"},"com..b"])", now);
  client.says(R"([48,7,{"receive_progress":true,"timeout":1000},"com.a"])", now);
}

void check_realm(Value message) {
  Id last_id = 0;
  Realms realms({"realm1"}, [&] { return ++last_id; });
  {
    Time now{};
    Client fresh(realms), ann(realms), bob(realms);
    for (Client* const client : {&ann, &bob}) prepare(*client, now);
    bob.says(R"([49,7,{"mode":"kill"}])", now);
    fresh.conversation.hear(message, now);
    ann.conversation.hear(std::move(message), now);
    must(ann.is_closed == ann.conversation.is_over());
    bob.says(R"([70,1,{"progress":true},[1]])", now);
    bob.says(R"([16,8,{"exclude_me":false},"com.a.b"])", now);
    realms.expire(now + std::chrono::seconds(1));
    bob.conversation.lost();
  }
  Realm& realm = *realms.find("realm1");
  must(realms.sessions() == 0 && realm.sessions() == 0);
  must(realm.broker().subscriptions() == 0 && realm.dealer().registrations() == 0 && realm.dealer().calls() == 0);
  must(!realms.next_deadline());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  Value message;
  try {
    message = decode(kAll[data[0] % 3], bytes);
  } catch (const ProtocolViolation& violation) {
    must(*violation.what() != '\0');
    check_written(std::string(violation.what()));
    return 0;
  }
  check_written(message);
  check_realm(std::move(message));
  return 0;
}
