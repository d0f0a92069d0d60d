#include "router/wamp/auth/auth_messages.h"

#include <utility>

#include "router/wamp/auth/limits.h"
#include "router/wamp/auth/message_walk.h"
#include "router/wamp/first_message.h"
#include "router/wamp/message_type.h"
#include "router/wamp/translator.h"

namespace zeroway {

namespace {

constexpr std::size_t kDetails = 2;  // the element of HELLO

class HelloReader final : public MessageWalk {
 public:
  explicit HelloReader(AuthHello& hello) : hello_(hello) {}

  [[nodiscard]] const char* flaw() const { return flaw_; }

 private:
  void found(Is is, std::string_view text, std::uint64_t) override {
    if (element() != kDetails) return;
    if (depth() == 2) detail(is, text);
    if (depth() == 3 && key_at(2) == "authmethods") method(is, text);
    if (depth() == 3 && key_at(2) == "authextra") extra(is, text);
  }

  void detail(Is is, std::string_view text) {
    if (key_at(2) == "authid") take(is, text, hello_.authid, "the authid of HELLO is no text, or too long");
    if (key_at(2) == "authmethods") {
      hello_.methods.clear();
      if (is != Is::list && is != Is::null) flaw_ = "the authmethods of HELLO are no list";
    }
    if (key_at(2) == "authextra") {
      hello_.public_key.clear();
      hello_.nonce.clear();
      hello_.channel_binding.clear();
      if (is != Is::map && is != Is::null) flaw_ = "the authextra of HELLO is no map";
    }
  }
  void method(Is is, std::string_view text) {
    if (is != Is::text || hello_.methods.size() >= kMostAuthMethods) {
      flaw_ = "one of the authmethods of HELLO is no text, or they are too many";
    } else {
      hello_.methods.emplace_back(text);
    }
  }
  void extra(Is is, std::string_view text) {
    if (key_at(3) == "pubkey") take(is, text, hello_.public_key, "the pubkey of HELLO is no text, or too long");
    if (key_at(3) == "nonce") take(is, text, hello_.nonce, "the nonce of HELLO is no text, or too long");
    if (key_at(3) == "channel_binding")
      take(is, text, hello_.channel_binding, "the channel_binding of HELLO is no text, or too long");
  }
  void take(Is is, std::string_view text, std::string& to, const char* flaw) {
    to = text;
    if ((is != Is::text && is != Is::null) || text.size() > kLongestAuthText) flaw_ = flaw;
  }

  AuthHello& hello_;
  const char* flaw_ = nullptr;
};

class AuthenticateReader final : public MessageWalk {
 public:
  explicit AuthenticateReader(Authenticate& authenticate) : authenticate_(authenticate) {}

  [[nodiscard]] const char* flaw() const {
    if (!has_type_) return "the answer to CHALLENGE is no AUTHENTICATE";
    if (count() != 3 || !has_signature_ || !has_extra_) return "AUTHENTICATE is no signature and a map";
    return nullptr;
  }

 private:
  void found(Is is, std::string_view text, std::uint64_t number) override {
    if (depth() != 1) return;
    if (element() == 0) has_type_ = is == Is::natural && number == message_type::kAuthenticate;
    if (element() == 1) {
      has_signature_ = is == Is::text && text.size() <= kLongestSignature;
      if (has_signature_) authenticate_.signature = text;
    }
    if (element() == 2) has_extra_ = is == Is::map;
  }

  Authenticate& authenticate_;
  bool has_type_ = false, has_signature_ = false, has_extra_ = false;
};

// Any offer counts, also one that a later list of methods replaces: nobody knows which one a backend takes.
class OfferReader final : public MessageWalk {
 public:
  [[nodiscard]] bool offers_proxy() const { return offers_proxy_; }

 private:
  void found(Is is, std::string_view text, std::uint64_t) override {
    const bool is_method = element() == kDetails && depth() == 3 && key_at(2) == "authmethods";
    if (is_method && is == Is::text && text.ends_with("-proxy")) offers_proxy_ = true;
  }

  bool offers_proxy_ = false;
};

class GoodbyeReader final : public MessageWalk {
 public:
  [[nodiscard]] bool is_logout() const { return is_logout_; }

 private:
  void found(Is is, std::string_view text, std::uint64_t) override {
    if (depth() == 1 && element() == 2) is_logout_ = is == Is::text && text == "wamp.close.logout";
  }

  bool is_logout_ = false;
};

MaybeValueError malformed(const char* what) { return ValueError{ValueFault::malformed, what}; }

}  // namespace

MaybeValueError read_auth_hello(Serializer serializer, Bytes message, AuthHello& hello) {
  FirstMessage first = read_first_message(serializer, message);
  if (first.kind == FirstMessage::Kind::violation) return first.error;
  if (first.kind != FirstMessage::Kind::hello) return malformed("the first message is no HELLO");
  hello = {};
  HelloReader reader(hello);
  if (const auto error = read_value(serializer, message, reader)) return error;
  if (reader.flaw() != nullptr) return malformed(reader.flaw());
  hello.realm = std::move(first.realm);
  if (hello.methods.empty()) hello.methods.emplace_back("anonymous");
  return {};
}

bool offers_proxy(Serializer serializer, Bytes hello) {
  OfferReader reader;
  static_cast<void>(read_value(serializer, hello, reader));
  return reader.offers_proxy();
}

bool is_logout(Serializer serializer, Bytes message) {
  if (type_of(serializer, message) != message_type::kGoodbye) return false;
  GoodbyeReader reader;
  return !read_value(serializer, message, reader) && reader.is_logout();
}

MaybeValueError read_authenticate(Serializer serializer, Bytes message, Authenticate& authenticate) {
  AuthenticateReader reader(authenticate);
  if (const auto error = read_value(serializer, message, reader)) return error;
  return reader.flaw() != nullptr ? malformed(reader.flaw()) : MaybeValueError{};
}

}  // namespace zeroway
