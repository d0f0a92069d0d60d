// Anything as HELLO and as AUTHENTICATE, in each serializer: nobody is admitted without a proof, an answer is a message
// of its serializer, and a session that is over stays so.
#include <string>

#include "router/wamp/auth/auth_session.h"
#include "router/wamp/first_message.h"
#include "router/wamp/message_type.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

namespace {

// Nobody can foresee these random bytes from the input, but a run can be repeated.
std::string fixed_random(std::size_t count) { return std::string(count, '\x5a'); }

WampAuthSpec spec() {
  const std::string key(64, '1');
  WampAuthSpec spec;
  spec.anonymous.emplace();
  spec.anonymous->who = {"", "guest", ""};
  spec.ticket = {{{"joe", "frontend", ""}, "a ticket that no input has"}};
  spec.wampcra = {{{"joe", "frontend", ""}, "a secret that no input has", "salt", 10, 16}};
  spec.scram = {{{"joe", "frontend", ""}, "pbkdf2", "73616c74", 4096, 0, key, key}};
  spec.cryptosign = {{{"joe", "frontend", ""}, {key}}};
  spec.tls = {{{"joe", "frontend", ""}, key, ""}};
  return spec;
}

void check_answer(Serializer serializer, const AuthVerdict& verdict) {
  using Kind = AuthVerdict::Kind;
  const auto type = type_of(serializer, as_bytes(verdict.message));
  if (verdict.kind == Kind::challenged) must(type == message_type::kChallenge);
  if (verdict.kind == Kind::refused || verdict.kind == Kind::violation) must(type == message_type::kAbort);
  if (verdict.kind == Kind::admitted || verdict.kind == Kind::left) must(verdict.message.empty());
}

void check_admitted(Serializer serializer, const AuthSession& session, Bytes hello) {
  must(session.admission().method == "anonymous" && session.admission().role == "guest");
  const std::string told = session.backend_hello(hello);
  const FirstMessage first = read_first_message(serializer, as_bytes(told));
  must(first.kind == FirstMessage::Kind::hello && first.realm == session.admission().realm);
  AuthHello read;
  must(!read_auth_hello(serializer, as_bytes(told), read));
  must(read.methods == std::vector<std::string>{"anonymous-proxy"} && read.authid == session.admission().authid);
}

void check(const Doorkeeper& doorkeeper, Serializer serializer, Bytes hello, Bytes answer) {
  AuthSession session(doorkeeper, serializer, {});
  const AuthVerdict first = session.hello(hello, {});
  check_answer(serializer, first);
  if (session.is_admitted()) check_admitted(serializer, session, hello);
  const AuthVerdict second = session.authenticate(answer, {});
  check_answer(serializer, second);
  must(!session.is_admitted() && !session.is_challenged());
  must(session.authenticate(answer, {}).kind == AuthVerdict::Kind::violation);
  static_cast<void>(session.client_welcome(answer));
}

}  // namespace

// Two messages with a line's end between them; without one, the same twice.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Doorkeeper kDoorkeeper(spec(), nullptr, fixed_random);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto cut = text.find('\n');
  const std::string_view hello = text.substr(0, cut);
  const std::string_view answer = cut == std::string_view::npos ? text : text.substr(cut + 1);
  for (const Serializer serializer : kSerializers) check(kDoorkeeper, serializer, as_bytes(hello), as_bytes(answer));
  return 0;
}
