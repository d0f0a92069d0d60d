// Clients of one wamp-worker without connections: what each says, and what each has been told, as JSON.
//
//     WampScript script;
//     script.join("ann");                                     // a session, the id 1; the next one has 2
//     script.says("ann", R"([32,1,{},"com.a"])");
//     CHECK(script.told("ann") == "[33,1,1]");
//
// Owner: a test.   Thread: the test's.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "examples/wamp-worker/conversation.h"

class WampScript {
 public:
  explicit WampScript(const std::vector<std::string>& realms = {"realm1"})
      : realms_(realms, [this] { return ++last_id_; }) {}

  // A client that has said HELLO with all roles and features, and has been welcomed.
  void join(const std::string& name, const std::string& realm = "realm1") {
    const std::string features = R"({"features":{"progressive_call_results":true,"call_canceling":true}})";
    says(name,
         R"([1,")" + realm + R"(",{"roles":{"publisher":{},"subscriber":{},"caller":{},"callee":)" + features + "}}]");
    (void)told(name);
  }
  // A message, as JSON.
  void says(const std::string& name, const std::string& json) {
    client(name).conversation.hear(wamp::decode(wamp::Serializer::json, json), now);
  }
  // All that this client has been told since the last call: messages, and "close CODE REASON"; spaces between them.
  std::string told(const std::string& name) { return std::exchange(client(name).told, {}); }
  // It connects, and says nothing yet.
  void connects(const std::string& name) { (void)client(name); }
  void is_left(const std::string& name) { client(name).conversation.shut_down(); }
  void loses(const std::string& name) { client(name).conversation.lost(); }
  void pass(std::chrono::milliseconds time) {
    now += time;
    realms_.expire(now);
  }

  [[nodiscard]] wamp::Realms& realms() { return realms_; }
  wamp::Realm& realm() { return *realms_.find("realm1"); }

  wamp::Time now{};

 private:
  struct Client final : wamp::Transport {
    Client(wamp::Realms& realms, wamp::Time now)
        : conversation(realms, *this, now, wamp::Conversation::Names::are_of_the_router) {}
    void send(const wamp::Letter& letter) override { tell(letter.as(wamp::Serializer::json)); }
    [[nodiscard]] std::size_t backlog() const override { return 0; }
    void drop() override { tell("dropped"); }
    void close(int code, std::string_view reason) override {
      tell("close " + std::to_string(code) + (reason.empty() ? "" : " ") + std::string(reason));
    }
    void tell(const std::string& text) { told += (told.empty() ? "" : " ") + text; }

    std::string told;
    wamp::Conversation conversation;
  };

  Client& client(const std::string& name) {
    auto& one = clients_[name];
    if (!one) one = std::make_unique<Client>(realms_, now);
    return *one;
  }

  wamp::Id last_id_ = 0;
  wamp::Realms realms_;
  std::map<std::string, std::unique_ptr<Client>> clients_;
};
