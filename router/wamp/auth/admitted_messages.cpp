#include "router/wamp/auth/admitted_messages.h"

#include <string_view>

#include "router/wamp/translator.h"
#include "router/wamp/write_message.h"

namespace zeroway {

namespace {

constexpr std::size_t kAnySize = ~std::size_t{0};
constexpr std::size_t kDetails = 2;  // the element, of HELLO and of WELCOME

// Passes a message on, with further entries at the end of its details: of two entries with one key a writer keeps the
// last.
class DetailsEditor : public ValueSink {
 public:
  bool null() override { return element() && to_.null(); }
  bool boolean(bool value) override { return element() && to_.boolean(value); }
  bool natural(std::uint64_t value) override { return element() && to_.natural(value); }
  bool negative(std::uint64_t value) override { return element() && to_.negative(value); }
  bool big_integer(Sign sign, Bytes magnitude) override { return element() && to_.big_integer(sign, magnitude); }
  bool real(double value) override { return element() && to_.real(value); }
  bool text(std::string_view utf8) override { return element() && to_.text(utf8); }
  bool binary(Bytes bytes) override { return element() && to_.binary(bytes); }
  bool begin_list() override;
  bool begin_map() override;
  bool key(std::string_view utf8) override;
  bool end() override;
  [[nodiscard]] ValueError error() const override {
    return flaw_ != nullptr ? ValueError{ValueFault::malformed, flaw_} : to_.error();
  }

 protected:
  explicit DetailsEditor(ValueSink& to) : to_(to) {}

  [[nodiscard]] ValueSink& to() { return to_; }
  // How many elements have begun, between two elements of the message.
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] bool is_in_message() const { return depth_ == 1; }

 private:
  virtual void say_details() = 0;
  // The end of the map `authextra` in the details.
  virtual void say_extra() {}

  [[nodiscard]] bool element() {
    if (depth_ == 1) ++count_;
    return depth_ > 0 || refuse("a message that is no list");
  }
  [[nodiscard]] bool refuse(const char* what) {
    flaw_ = what;
    return false;
  }

  ValueSink& to_;
  std::size_t depth_ = 0;
  std::size_t count_ = 0;
  bool has_details_ = false;  // they have begun, as a map
  bool is_extra_ = false;     // the last key of the details is `authextra`
  bool is_in_extra_ = false;
  const char* flaw_ = nullptr;
};

bool DetailsEditor::begin_list() {
  if (depth_ > 0 && !element()) return false;
  ++depth_;
  return to_.begin_list();
}

bool DetailsEditor::begin_map() {
  if (!element()) return false;
  ++depth_;
  if (depth_ == 2 && count_ == kDetails + 1) has_details_ = true;
  if (depth_ == 3 && is_extra_) is_in_extra_ = true;
  return to_.begin_map();
}

bool DetailsEditor::key(std::string_view utf8) {
  if (depth_ == 2) is_extra_ = count_ == kDetails + 1 && utf8 == "authextra";
  return to_.key(utf8);
}

bool DetailsEditor::end() {
  if (depth_ == 3 && is_in_extra_) {
    say_extra();
    is_in_extra_ = false;
  }
  if (depth_ == 2 && count_ == kDetails + 1 && has_details_) say_details();
  --depth_;
  if (depth_ == 0 && !has_details_) return refuse("a message without details");
  return to_.end();
}

class BackendHello final : public DetailsEditor {
 public:
  BackendHello(ValueSink& to, const WampAdmission& admission) : DetailsEditor(to), admission_(admission) {}

  bool text(std::string_view utf8) override { return is_realm() ? say_realm() : DetailsEditor::text(utf8); }
  bool null() override { return is_realm() ? say_realm() : DetailsEditor::null(); }

 private:
  [[nodiscard]] bool is_realm() const { return is_in_message() && count() == 1; }
  [[nodiscard]] bool say_realm() { return DetailsEditor::text(admission_.realm); }
  void say_details() override;

  const WampAdmission& admission_;
};

void BackendHello::say_details() {
  static_cast<void>(to().key("authmethods"));
  static_cast<void>(to().begin_list());
  static_cast<void>(to().text("anonymous-proxy"));
  static_cast<void>(to().end());
  say_text(to(), "authid", admission_.authid);
  say_text(to(), "authrole", admission_.role);
  static_cast<void>(to().key("authextra"));
  static_cast<void>(to().begin_map());
  say_text(to(), "proxy_realm", admission_.realm);
  say_text(to(), "proxy_authid", admission_.authid);
  say_text(to(), "proxy_authrole", admission_.role);
  say_text(to(), "proxy_authmethod", admission_.method);
  say_text(to(), "proxy_authprovider", admission_.provider);
  static_cast<void>(to().key("proxy_authextra"));
  static_cast<void>(to().begin_map());
  static_cast<void>(to().end());
  static_cast<void>(to().end());
}

class ClientWelcome final : public DetailsEditor {
 public:
  ClientWelcome(ValueSink& to, const WampAdmission& admission) : DetailsEditor(to), admission_(admission) {}

 private:
  void say_details() override;
  void say_extra() override {
    for (const auto& [key, text] : admission_.extra) say_text(to(), key, text);
    has_extra_ = true;
  }

  const WampAdmission& admission_;
  bool has_extra_ = false;
};

void ClientWelcome::say_details() {
  say_text(to(), "realm", admission_.realm);
  say_text(to(), "authid", admission_.authid);
  say_text(to(), "authrole", admission_.role);
  say_text(to(), "authmethod", admission_.method);
  say_text(to(), "authprovider", admission_.provider);
  if (has_extra_ || admission_.extra.empty()) return;
  static_cast<void>(to().key("authextra"));
  static_cast<void>(to().begin_map());
  say_extra();
  static_cast<void>(to().end());
}

template <class Editor>
MaybeValueError write_edited(Serializer serializer, Bytes message, const WampAdmission& admission, std::string& out) {
  JsonWriter json;
  MsgpackWriter msgpack;
  CborWriter cbor;
  ValueWriter* const writers[] = {&json, &msgpack, &cbor};
  ValueWriter& writer = *writers[static_cast<std::size_t>(serializer)];
  const std::size_t before = out.size();
  writer.begin(out, kAnySize);
  Editor editor(writer, admission);
  MaybeValueError error = read_value(serializer, message, editor);
  if (!error && !writer.finish()) error = writer.error();
  if (error) out.resize(before);
  return error;
}

}  // namespace

MaybeValueError write_backend_hello(Serializer serializer, Bytes hello, const WampAdmission& admission,
                                    std::string& out) {
  return write_edited<BackendHello>(serializer, hello, admission, out);
}

MaybeValueError write_client_welcome(Serializer serializer, Bytes welcome, const WampAdmission& admission,
                                     std::string& out) {
  return write_edited<ClientWelcome>(serializer, welcome, admission, out);
}

}  // namespace zeroway
