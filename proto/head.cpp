#include "proto/head.h"

#include <functional>

namespace zeroway {

namespace {

bool is_inside(const std::string& text, std::string_view view) {
  const std::less_equal<const char*> not_after;
  return !view.empty() && not_after(text.data(), view.data()) && not_after(view.data(), text.data() + text.size());
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

void Head::add(std::string_view name, std::string_view value) {
  const bool will_move = text_.capacity() - text_.size() < name.size() + value.size();
  if (will_move && (is_inside(text_, name) || is_inside(text_, value)))
    return add(std::string(name), std::string(value));
  const auto at = static_cast<std::uint32_t>(text_.size());
  const auto name_size = static_cast<std::uint32_t>(name.size());
  text_.append(name).append(value);
  spans_.push_back({at, name_size, at + name_size, static_cast<std::uint32_t>(value.size())});
  text_size_ += name.size() + value.size();
}

void Head::set(std::string_view name, std::string_view value) {
  std::size_t first = 0;
  while (first < spans_.size() && (*this)[first].name != name) ++first;
  add(name, value);
  if (first + 1 == spans_.size()) return;

  std::swap(spans_[first], spans_.back());
  std::size_t kept = first + 1;
  const std::string_view wanted = (*this)[first].name;
  for (std::size_t i = kept; i < spans_.size(); ++i) {
    if ((*this)[i].name == wanted) {
      text_size_ -= spans_[i].name_size + spans_[i].value_size;
    } else {
      spans_[kept++] = spans_[i];
    }
  }
  spans_.resize(kept);
}

std::size_t Head::remove(std::string_view name) {
  return std::erase_if(spans_, [&](const Span& span) {
    if (std::string_view(text_).substr(span.name, span.name_size) != name) return false;
    text_size_ -= span.name_size + span.value_size;
    return true;
  });
}

void Head::clear() {
  text_.clear();
  spans_.clear();
  text_size_ = 0;
}

std::optional<std::string_view> Head::find(std::string_view name) const {
  const char* const text = text_.data();
  for (const Span& span : spans_) {
    if (std::string_view(text + span.name, span.name_size) == name)
      return std::string_view(text + span.value, span.value_size);
  }
  return std::nullopt;
}

std::size_t Head::count(std::string_view name) const {
  std::size_t found = 0;
  for (const Field field : *this) found += field.name == name ? 1 : 0;
  return found;
}

int Head::status() const {
  const std::string_view text = find(":status").value_or(std::string_view{});
  if (text.size() != 3 || text[0] == '0') return 0;
  if (!is_digit(text[0]) || !is_digit(text[1]) || !is_digit(text[2])) return 0;
  return (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
}

}  // namespace zeroway
