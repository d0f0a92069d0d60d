#include "router/route/field_template.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace zeroway {

namespace {

struct Name {
  std::string_view text;
  FieldVariable variable;
};

constexpr std::array kNames{
    Name{"remote_addr", &FieldValues::remote_addr},
    Name{"host", &FieldValues::host},
    Name{"scheme", &FieldValues::scheme},
    Name{"request_id", &FieldValues::request_id},
    Name{"method", &FieldValues::method},
    Name{"path", &FieldValues::path},
    Name{"query", &FieldValues::query},
    Name{"site", &FieldValues::site},
    Name{"upstream", &FieldValues::backend},
    Name{"tls_version", &FieldValues::tls_version},
};

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool is_of_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

Error unfit(std::string detail) { return Error{Fault::router, Code::internal, false, std::move(detail)}; }

std::string what_fits() { return variable_names() + ", and $$ for a dollar"; }

Error unknown(std::string_view name) {
  if (name.empty()) return unfit("a '$' without a name: there are " + what_fits());
  return unfit("unknown variable $" + std::string(name) + ": there are " + what_fits());
}

void append_safely(std::string_view value, std::string& out) {
  if (std::none_of(value.begin(), value.end(), is_control)) {
    out += value;
    return;
  }
  std::copy_if(value.begin(), value.end(), std::back_inserter(out), [](char c) { return !is_control(c); });
}

}  // namespace

FieldVariable find_variable(std::string_view name) {
  const auto at = std::find_if(kNames.begin(), kNames.end(), [name](const Name& one) { return one.text == name; });
  return at == kNames.end() ? nullptr : at->variable;
}

std::size_t variable_size(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_of_name) - text.begin());
}

std::string variable_names() {
  std::string text;
  for (const Name& name : kNames) text.append(text.empty() ? "$" : ", $").append(name.text);
  return text;
}

Result<FieldTemplate> FieldTemplate::read(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), is_control)) return unfit("a control character in a field's value");
  FieldTemplate made;
  made.pieces_.emplace_back();
  while (!text.empty()) {
    const std::size_t dollar = std::min(text.find('$'), text.size());
    made.pieces_.back().literal += text.substr(0, dollar);
    text.remove_prefix(dollar);
    if (text.empty()) break;
    text.remove_prefix(1);
    if (text.starts_with('$')) {
      made.pieces_.back().literal += '$';
      text.remove_prefix(1);
      continue;
    }
    const std::string_view name = text.substr(0, variable_size(text));
    const FieldVariable variable = find_variable(name);
    if (variable == nullptr) return unknown(name);
    made.pieces_.back().variable = variable;
    made.pieces_.emplace_back();
    text.remove_prefix(name.size());
  }
  return made;
}

void FieldTemplate::write(const FieldValues& values, std::string& out) const {
  for (const Piece& piece : pieces_) {
    out += piece.literal;
    if (piece.variable != nullptr) append_safely(values.*piece.variable, out);
  }
}

bool FieldTemplate::is_constant() const { return pieces_.size() == 1; }

}  // namespace zeroway
