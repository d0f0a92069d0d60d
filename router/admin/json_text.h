// Writes JSON (RFC 8259): the caller says what is in it, this says where commas and brackets stand.
//
// Owner: the caller, on its stack.   Thread: any.
// Not here: reading JSON (router/settings/json_reader.h, admin/change_reader.h).
#pragma once
#include <concepts>
#include <string>
#include <string_view>
#include <utility>

#include "router/observe/escape.h"

namespace zeroway {

class JsonText {
 public:
  JsonText& object() { return open('{'); }
  JsonText& array() { return open('['); }
  JsonText& end_object() { return close('}'); }
  JsonText& end_array() { return close(']'); }
  JsonText& key(std::string_view name) {
    comma();
    append_json_string(out_, name);
    out_ += ':';
    is_first_ = true;
    return *this;
  }

  JsonText& text(std::string_view value) {
    comma();
    append_json_string(out_, value);
    return *this;
  }
  JsonText& flag(bool value) { return raw(value ? "true" : "false"); }
  JsonText& number(std::integral auto value) { return raw(std::to_string(value)); }
  JsonText& null() { return raw("null"); }
  // `json` is JSON already.
  JsonText& raw(std::string_view json) {
    comma();
    out_ += json;
    return *this;
  }

  // A key with its value.
  JsonText& member(std::string_view name, std::string_view value) { return key(name).text(value); }
  JsonText& member(std::string_view name, const char* value) { return key(name).text(value); }
  JsonText& member(std::string_view name, std::same_as<bool> auto value) { return key(name).flag(value); }
  template <std::integral Number>
  requires(!std::same_as<Number, bool>) JsonText& member(std::string_view name, Number value) {
    return key(name).number(value);
  }

  [[nodiscard]] std::string take() {
    out_ += '\n';
    return std::move(out_);
  }

 private:
  JsonText& open(char bracket) {
    comma();
    out_ += bracket;
    is_first_ = true;
    return *this;
  }
  JsonText& close(char bracket) {
    out_ += bracket;
    is_first_ = false;
    return *this;
  }
  void comma() {
    if (!is_first_) out_ += ',';
    is_first_ = false;
  }

  std::string out_;
  bool is_first_ = true;
};

}  // namespace zeroway
