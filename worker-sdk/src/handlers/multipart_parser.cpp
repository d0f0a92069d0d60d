#include "multipart_parser.h"

#include <algorithm>

#include "limits.h"
#include "proto/ascii.h"
#include "zeroway/errors.h"

namespace zeroway {

namespace {

[[noreturn]] void refuse(const char* why) {
  throw StatusError(400, "The form cannot be read: " + std::string(why) + ".\n");
}

// The value of a parameter whose text begins at `text`, and the length of that text.
std::string read_parameter_value(std::string_view text, std::size_t& taken) {
  std::string value;
  if (!text.starts_with('"')) {
    taken = std::min(text.find(';'), text.size());
    return std::string(trimmed(text.substr(0, taken)));
  }
  for (taken = 1; taken < text.size() && text[taken] != '"'; ++taken) {
    const std::string_view left = text.substr(taken);
    const bool is_quote = left.starts_with("\\\"") || left.starts_with("%22");
    value += is_quote ? '"' : text[taken];
    if (is_quote) taken += left.front() == '%' ? 2 : 1;
  }
  taken = std::min(taken + 1, text.size());
  return value;
}

}  // namespace

std::optional<std::string> find_parameter(std::string_view field, std::string_view name) {
  std::size_t at = field.find(';');
  while (at != std::string_view::npos) {
    const std::string_view left = field.substr(at + 1);
    const std::size_t equals = left.find('=');
    const std::size_t semicolon = left.find(';');
    if (equals == std::string_view::npos) return std::nullopt;
    if (semicolon < equals) {  // a parameter without a value
      at += 1 + semicolon;
      continue;
    }
    std::size_t taken = 0;
    std::string value = read_parameter_value(left.substr(equals + 1), taken);
    if (is_same_word(trimmed(left.substr(0, equals)), name)) return value;
    at = field.find(';', at + 1 + equals + 1 + taken);
  }
  return std::nullopt;
}

// The body begins as if a line break stood before it: then every delimiter begins with one.
MultipartParser::MultipartParser(std::string_view boundary) : delimiter_("\r\n--"), in_("\r\n") {
  if (boundary.empty() || boundary.size() > kMaxBoundary || boundary.find_first_of("\r\n") != std::string_view::npos)
    refuse("its content-type names no boundary of 1 to 70 characters");
  delimiter_ += boundary;
}

void MultipartParser::feed(std::string_view bytes) {
  in_.erase(0, at_);
  at_ = 0;
  content_ = {};
  in_ += bytes;
}

MultipartParser::Step MultipartParser::next() {
  switch (state_) {
    case State::preamble:
      return step_preamble();
    case State::head:
      return step_head();
    case State::content:
      return step_content();
    case State::over:
      break;
  }
  at_ = in_.size();  // text behind the closing delimiter means nothing (RFC 2046 §5.1.1)
  return Step::end;
}

MultipartParser::Step MultipartParser::missing() const {
  if (is_finished_) refuse("its last part has no end");
  return Step::needs_more;
}

// Judges the text at `at`, which begins like a delimiter. `behind` is where the text behind the delimiter begins.
MultipartParser::Delimiter MultipartParser::judge(std::size_t at, std::size_t& behind) const {
  std::string_view after = std::string_view(in_).substr(at + delimiter_.size());
  const std::size_t size = after.size();
  if (after.starts_with("--")) {
    behind = in_.size() - size + 2;
    return Delimiter::closing;
  }
  while (!after.empty() && (after.front() == ' ' || after.front() == '\t')) after.remove_prefix(1);
  if (size - after.size() > kMaxBoundary) return Delimiter::none;  // endless padding would have to be held
  if (after.starts_with("\r\n")) {
    behind = in_.size() - after.size() + 2;
    return Delimiter::part;
  }
  const bool may_go_on = after.empty() || after == "\r" || (after == "-" && size == 1);
  return may_go_on && !is_finished_ ? Delimiter::unclear : Delimiter::none;
}

// The place of the first delimiter; npos when there is none, and no text that may become one.
std::size_t MultipartParser::find_delimiter(Delimiter& kind, std::size_t& behind) const {
  std::size_t at = in_.find(delimiter_, at_);
  for (; at != std::string::npos; at = in_.find(delimiter_, at + 1)) {
    kind = judge(at, behind);
    if (kind != Delimiter::none) return at;
  }
  kind = Delimiter::none;
  return at;
}

MultipartParser::Step MultipartParser::step_preamble() {
  Delimiter kind{};
  std::size_t behind = 0;
  const std::size_t at = find_delimiter(kind, behind);
  if (kind == Delimiter::part || kind == Delimiter::closing) {
    at_ = behind;
    state_ = kind == Delimiter::part ? State::head : State::over;
    return next();
  }
  const std::size_t kept = at == std::string::npos ? delimiter_.size() - 1 : in_.size() - at;
  at_ = std::max(at_, in_.size() - std::min(kept, in_.size()));  // the text before is no part of the form
  return missing();
}

// The head's empty line stays: when the part is empty, its line break may be that of a delimiter (RFC 2046 §5.1.1).
MultipartParser::Step MultipartParser::step_head() {
  const std::string_view left = std::string_view(in_).substr(at_);
  const std::size_t end = left.find("\r\n\r\n");
  if (std::min(end, left.size()) > kMaxPartHead) refuse("a part's fields are too long");
  if (end == std::string_view::npos) return missing();
  read_head(left.substr(0, end));
  at_ += end + 2;
  is_at_empty_line_ = true;
  state_ = State::content;
  return Step::part;
}

void MultipartParser::read_head(std::string_view head) {
  name_.clear();
  filename_.reset();
  content_type_ = "text/plain";
  bool has_name = false;
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(line.size() + 2, head.size()));
    const std::size_t colon = std::min(line.find(':'), line.size());
    const std::string_view field = trimmed(line.substr(0, colon));
    const std::string_view value = trimmed(line.substr(std::min(colon + 1, line.size())));
    if (is_same_word(field, "content-type")) content_type_ = value;
    if (!is_same_word(field, "content-disposition")) continue;
    const auto name = find_parameter(value, "name");
    has_name = name && is_same_word(trimmed(value.substr(0, value.find(';'))), "form-data");
    name_ = name.value_or("");
    filename_ = find_parameter(value, "filename");
  }
  if (!has_name) refuse("a part has no name (RFC 7578 §4.2)");
}

MultipartParser::Step MultipartParser::step_content() {
  const std::size_t begin = at_ + (is_at_empty_line_ ? 2 : 0);
  Delimiter kind{};
  std::size_t behind = 0;
  const std::size_t found = find_delimiter(kind, behind);
  const bool is_whole = kind == Delimiter::part || kind == Delimiter::closing;
  // Without a delimiter, text that may be the beginning of one is kept.
  const std::size_t tail = in_.size() - std::min(delimiter_.size() - 1, in_.size());
  const std::size_t end =
      std::min(found != std::string::npos ? found : in_.find('\r', std::max(tail, at_)), in_.size());
  if (end > begin) {
    content_ = std::string_view(in_).substr(begin, end - begin);
    at_ = end;
    is_at_empty_line_ = false;
    return Step::content;
  }
  if (!is_whole) return missing();
  at_ = behind;
  state_ = kind == Delimiter::part ? State::head : State::over;
  return Step::part_end;
}

}  // namespace zeroway
