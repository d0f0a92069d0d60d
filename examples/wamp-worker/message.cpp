#include "message.h"

#include <algorithm>
#include <array>

#include "limits.h"

namespace wamp {

namespace {

// What a client may send. An element is a letter: i an id, n an integer, t text, m a map, a the arguments (a list), k
// the arguments by name (a map). Those behind '|' may be absent.
struct Shape {
  Kind kind;
  std::string_view name;
  std::string_view elements;
};

constexpr std::array kShapes = {
    Shape{Kind::hello, "HELLO", "tm"},
    Shape{Kind::abort, "ABORT", "mt|ak"},
    Shape{Kind::goodbye, "GOODBYE", "mt"},
    Shape{Kind::error, "ERROR", "nimt|ak"},
    Shape{Kind::publish, "PUBLISH", "imt|ak"},
    Shape{Kind::subscribe, "SUBSCRIBE", "imt"},
    Shape{Kind::unsubscribe, "UNSUBSCRIBE", "ii"},
    Shape{Kind::call, "CALL", "imt|ak"},
    Shape{Kind::cancel, "CANCEL", "im"},
    Shape{Kind::register_, "REGISTER", "imt"},
    Shape{Kind::unregister, "UNREGISTER", "ii"},
    Shape{Kind::yield, "YIELD", "im|ak"},
};

// Some clients write integers as floats when they are large (JavaScript's MessagePack).
std::optional<Id> read_id(const Value& value) {
  Id id = 0;
  if (value.is_number_unsigned())
    id = value.get<Id>();
  else if (value.is_number_integer() && value.get<std::int64_t>() > 0)
    id = value.get<Id>();
  if (value.is_number_float()) {
    const auto number = value.get<double>();
    if (number >= 1 && number <= static_cast<double>(kMaxId)) id = static_cast<Id>(number);
    if (static_cast<double>(id) != number) return std::nullopt;
  }
  return id >= 1 && id <= kMaxId ? std::optional(id) : std::nullopt;
}

bool fits(char letter, const Value& value) {
  switch (letter) {
    case 'i':
      return read_id(value).has_value();
    case 'n':
      return value.is_number_integer();
    case 't':
      return value.is_string();
    case 'a':
      return value.is_array();
    default:
      return value.is_object();
  }
}

std::string_view letter_name(char letter) {
  switch (letter) {
    case 'i':
      return "an id (an integer from 1 to 2^53)";
    case 'n':
      return "an integer";
    case 't':
      return "text";
    case 'a':
      return "a list";
    default:
      return "a map";
  }
}

const Shape& find_shape(const Value& value) {
  if (!value.is_array() || value.empty()) throw ProtocolViolation("a message is a list that begins with its type");
  const Value& type = value.front();
  if (!type.is_number_integer()) throw ProtocolViolation("a message begins with its type, an integer");
  for (const Shape& shape : kShapes)
    if (type == static_cast<int>(shape.kind)) return shape;
  throw ProtocolViolation("messages of type " + type.dump() + " are not for routers");
}

void check(const Shape& shape, const Value& value) {
  const std::size_t needed = std::min(shape.elements.size(), shape.elements.find('|'));
  std::string all(shape.elements);
  std::erase(all, '|');
  const std::size_t count = value.size() - 1;
  if (count < needed || count > all.size())
    throw ProtocolViolation(std::string(shape.name) + " has " + std::to_string(value.size()) + " elements, not " +
                            std::to_string(needed + 1) +
                            (needed < all.size() ? " to " + std::to_string(all.size() + 1) : ""));
  for (std::size_t i = 0; i < count; ++i)
    if (!fits(all[i], value[i + 1]))
      throw ProtocolViolation("element " + std::to_string(i + 2) + " of " + std::string(shape.name) + " must be " +
                              std::string(letter_name(all[i])));
}

const Value* find_option(const Value& options, const char* name) {
  const auto at = options.find(name);
  return at == options.end() || at->is_null() ? nullptr : &*at;
}

[[noreturn]] void refuse(const char* name, const char* wanted) {
  throw ProtocolViolation("the option " + std::string(name) + " must be " + wanted);
}

}  // namespace

Message::Message(Value value) : kind_(Kind::hello) {
  const Shape& shape = find_shape(value);
  check(shape, value);
  kind_ = shape.kind;
  parts_ = std::move(value);
}

Id Message::id(std::size_t place) const { return read_id(parts_[place]).value(); }

Payload Message::take_payload(std::size_t place) {
  Payload payload;
  for (std::size_t i = place; i < parts_.size(); ++i) payload.push_back(std::move(parts_[i]));
  return payload;
}

std::string_view kind_name(Kind kind) {
  const auto* const found =
      std::find_if(kShapes.begin(), kShapes.end(), [&](const Shape& s) { return s.kind == kind; });
  return found == kShapes.end() ? "message" : found->name;
}

Value make_message(Kind kind, std::initializer_list<Value> elements, Payload payload) {
  Value::array_t all;
  all.reserve(1 + elements.size() + payload.size());
  all.emplace_back(static_cast<int>(kind));
  all.insert(all.end(), elements.begin(), elements.end());
  std::move(payload.begin(), payload.end(), std::back_inserter(all));
  return Value(std::move(all));
}

Value make_error(Kind request_kind, Id request, std::string_view uri, const std::string& text) {
  return make_message(Kind::error,
                      {static_cast<int>(request_kind), request, Value::object(), uri, Value::array({text})});
}

bool flag(const Value& options, const char* name, bool or_else) {
  const Value* const value = find_option(options, name);
  if (value != nullptr && !value->is_boolean()) refuse(name, "true or false");
  return value == nullptr ? or_else : value->get<bool>();
}

std::string_view word(const Value& options, const char* name, std::string_view or_else) {
  const Value* const value = find_option(options, name);
  if (value != nullptr && !value->is_string()) refuse(name, "text");
  return value == nullptr ? or_else : std::string_view(value->get_ref<const std::string&>());
}

std::chrono::milliseconds milliseconds(const Value& options, const char* name) {
  const Value* const value = find_option(options, name);
  if (value == nullptr) return {};
  if (!value->is_number() || !(value->get<double>() >= 0)) refuse(name, "a number of milliseconds");
  const auto longest = std::chrono::duration_cast<std::chrono::milliseconds>(kMaxTimeout);
  return std::chrono::milliseconds(
      static_cast<std::int64_t>(std::min(value->get<double>(), static_cast<double>(longest.count()))));
}

std::optional<std::vector<Id>> ids(const Value& options, const char* name) {
  const Value* const value = find_option(options, name);
  if (value == nullptr) return std::nullopt;
  std::vector<Id> all;
  if (!value->is_array()) refuse(name, "a list of ids");
  for (const Value& one : *value) {
    const auto id = read_id(one);
    if (!id) refuse(name, "a list of ids");
    all.push_back(*id);
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::optional<std::vector<std::string>> words(const Value& options, const char* name) {
  const Value* const value = find_option(options, name);
  if (value == nullptr) return std::nullopt;
  std::vector<std::string> all;
  if (!value->is_array()) refuse(name, "a list of texts");
  for (const Value& one : *value) {
    if (!one.is_string()) refuse(name, "a list of texts");
    all.push_back(one.get<std::string>());
  }
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace wamp
