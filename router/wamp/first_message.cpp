#include "router/wamp/first_message.h"

#include <string_view>

#include "router/wamp/message_type.h"
#include "router/wamp/translator.h"

namespace zeroway {

namespace {

// A realm is a URI of parts between dots: none is empty, and no part has a space or '#' (WAMP, "URIs").
bool is_realm(std::string_view realm) {
  constexpr std::string_view kRefused = "# \t\n\v\f\r";
  return realm.find_first_of(kRefused) == std::string_view::npos && !realm.starts_with('.') && !realm.ends_with('.') &&
         realm.find("..") == std::string_view::npos;
}

// Takes any message, and looks at its first elements.
class FirstElements : public ValueSink {
 public:
  bool null() override { return element(Is::null); }
  bool boolean(bool) override { return element(Is::other); }
  bool natural(std::uint64_t value) override {
    if (depth_ == 1 && count_ == 0) type_ = value;
    return element(Is::number);
  }
  bool negative(std::uint64_t) override { return element(Is::other); }
  bool big_integer(Sign, Bytes) override { return element(Is::other); }
  bool real(double) override { return element(Is::other); }
  bool text(std::string_view utf8) override {
    if (depth_ == 1 && count_ == 1) realm_ = utf8;
    return element(Is::text);
  }
  bool binary(Bytes) override { return element(Is::other); }
  bool begin_list() override { return open(Is::list); }
  bool begin_map() override { return open(Is::map); }
  bool key(std::string_view) override { return true; }
  bool end() override {
    --depth_;
    return true;
  }
  ValueError error() const override { return {ValueFault::malformed, "a message that is no list"}; }

  // What is wrong with it as a first message; null = nothing.
  [[nodiscard]] const char* flaw() const {
    if (count_ == 0 || elements_[0] != Is::number) return "a message without a type";
    if (type_ != message_type::kHello) return "the first message is no HELLO";
    if (count_ != 3) return "HELLO has not three elements";
    if (elements_[1] != Is::text && elements_[1] != Is::null) return "the realm of HELLO is no text";
    if (elements_[2] != Is::map) return "the details of HELLO are no map";
    return is_realm(realm_) ? nullptr : "the realm of HELLO is no URI";
  }
  [[nodiscard]] bool is_abort() const {
    return count_ > 0 && elements_[0] == Is::number && type_ == message_type::kAbort;
  }
  [[nodiscard]] std::string take_realm() { return std::move(realm_); }

 private:
  enum class Is : std::uint8_t { null, number, text, list, map, other };

  bool element(Is is) {
    if (depth_ == 0) return false;
    if (depth_ > 1) return true;
    if (count_ < 3) elements_[count_] = is;
    ++count_;
    return true;
  }
  bool open(Is is) {
    const bool is_message = depth_ == 0 && is == Is::list;
    if (!is_message && !element(is)) return false;
    ++depth_;
    return true;
  }

  std::size_t depth_ = 0;
  std::size_t count_ = 0;  // of the message's elements
  std::uint64_t type_ = 0;
  Is elements_[3]{};
  std::string realm_;
};

// Stops behind the type.
class TypeOnly final : public FirstElements {
 public:
  bool natural(std::uint64_t value) override {
    type_ = value;
    return false;
  }
  bool begin_list() override { return is_first_list_ ? is_first_list_ = false, true : false; }
  bool begin_map() override { return false; }
  bool text(std::string_view) override { return false; }

  [[nodiscard]] std::optional<std::uint64_t> type() const { return is_first_list_ ? std::nullopt : type_; }

 private:
  bool is_first_list_ = true;
  std::optional<std::uint64_t> type_;
};

}  // namespace

FirstMessage read_first_message(Serializer serializer, Bytes message) {
  FirstElements elements;
  if (const auto error = read_value(serializer, message, elements)) return {.error = *error};
  if (elements.is_abort()) return {.kind = FirstMessage::Kind::abort};
  if (const char* flaw = elements.flaw()) return {.error = {ValueFault::malformed, flaw}};
  return {.kind = FirstMessage::Kind::hello, .realm = elements.take_realm()};
}

std::optional<std::uint64_t> type_of(Serializer serializer, Bytes message) {
  TypeOnly type;
  static_cast<void>(read_value(serializer, message, type));
  return type.type();
}

}  // namespace zeroway
