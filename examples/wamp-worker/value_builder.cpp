#include "value_builder.h"

#include "base64.h"
#include "limits.h"
#include "utf8.h"

namespace wamp {

bool ValueBuilder::number_float(double value, const std::string& text) {
  if (!text.empty() && text.find_first_of(".eE") == std::string::npos)
    return fail("the integer " + text.substr(0, 40) + " has more than 64 bits");
  return put(value);
}

bool ValueBuilder::string(std::string& value) {
  if (binary_ == Binary::text && value.starts_with('\0'))
    if (auto bytes = read_base64(std::string_view(value).substr(1))) return put(Value::binary(std::move(*bytes)));
  if (binary_ == Binary::native && !is_utf8(value)) return fail("text that is not UTF-8");
  return put(std::move(value));
}

bool ValueBuilder::binary(Value::binary_t& value) {
  if (value.has_subtype()) return fail("an extension type");
  return put(std::move(value));
}

bool ValueBuilder::start_array(std::size_t) { return start(Value::array()); }
bool ValueBuilder::start_object(std::size_t) { return start(Value::object()); }

bool ValueBuilder::key(std::string& name) {
  if (binary_ == Binary::native && !is_utf8(name)) return fail("a key that is not UTF-8");
  member_ = &(*open_.back())[std::move(name)];
  return true;
}

bool ValueBuilder::parse_error(std::size_t, const std::string&, const nlohmann::json::exception& error) {
  std::string_view text = error.what();  // "[json.exception.parse_error.101] parse error …; last read: '…'"
  text = text.substr(0, text.find("; last read"));  // what was read may be no UTF-8
  return fail(std::string(text.substr(std::min(text.size(), text.find("] ") + 2))));
}

bool ValueBuilder::fail(std::string why) {
  if (error_.empty()) error_ = std::move(why);
  return false;
}

bool ValueBuilder::put(Value value) {
  if (++count_ > kMaxValues) return fail("more than " + std::to_string(kMaxValues) + " values");
  if (open_.empty()) {
    root_ = std::move(value);
  } else if (open_.back()->is_array()) {
    open_.back()->push_back(std::move(value));
  } else {
    *member_ = std::move(value);
  }
  return true;
}

bool ValueBuilder::start(Value container) {
  if (open_.size() == kMaxDepth) return fail("more than " + std::to_string(kMaxDepth) + " levels of nesting");
  Value* const place = open_.empty() ? &root_ : open_.back()->is_array() ? nullptr : member_;
  if (!put(std::move(container))) return false;
  open_.push_back(place != nullptr ? place : &open_.back()->back());
  return true;
}

bool ValueBuilder::end() {
  open_.pop_back();
  return true;
}

}  // namespace wamp
