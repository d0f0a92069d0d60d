// multipart/form-data (RFC 7578, RFC 2046 §5.1), a part at a time. Input: bytes. Output: the heads of the parts, and
// pieces of their content.
//
// Owner: FormParser.   Thread: the handler's.
// Not here: limits on the number and length of parts (form_parser.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace zeroway {

// The parameter of a field like `form-data; name="a"; filename="b"` (RFC 9110 §5.6.6), or of a content-type. The
// parameter's name is given in lower case. Browsers escape a quote in a quoted value as \" or %22: both become a quote
// again (the HTML standard §4.10.21.8).
[[nodiscard]] std::optional<std::string> find_parameter(std::string_view field, std::string_view name);

//     preamble ──delimiter──▶ head ──empty line──▶ content ──delimiter──▶ head …
//         └──────closing delimiter──▶ over ◀──closing delimiter──┘
class MultipartParser {
 public:
  enum class Step : std::uint8_t {
    needs_more,  // feed() it, or finish()
    part,        // a part's head: name(), filename(), content_type()
    content,     // a piece of it: content()
    part_end,
    end,  // at the end of the form, and in every later call
  };

  // `boundary` is the parameter of the content-type: 1 to 70 characters (RFC 2046 §5.1.1), else StatusError(400).
  explicit MultipartParser(std::string_view boundary);

  void feed(std::string_view bytes);
  // Tells the parser that the body is over.
  void finish() { is_finished_ = true; }
  // Throws StatusError(400) when the body is malformed or cut off.
  Step next();

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::optional<std::string>& filename() const { return filename_; }
  [[nodiscard]] const std::string& content_type() const { return content_type_; }  // "text/plain" by default
  // Good until the next call of a function of this parser.
  [[nodiscard]] std::string_view content() const { return content_; }

 private:
  enum class State : std::uint8_t { preamble, head, content, over };
  enum class Delimiter : std::uint8_t { none, unclear, part, closing };

  Step step_preamble();
  Step step_head();
  Step step_content();
  Step missing() const;
  Delimiter judge(std::size_t at, std::size_t& behind) const;
  [[nodiscard]] std::size_t find_delimiter(Delimiter& kind, std::size_t& behind) const;
  void read_head(std::string_view head);

  std::string delimiter_;  // "\r\n--" and the boundary
  std::string in_;
  std::size_t at_ = 0;  // bytes before this index have been given out
  State state_ = State::preamble;
  bool is_finished_ = false;
  bool is_at_empty_line_ = false;  // at the empty line of the head: the content begins behind it
  std::string name_, content_type_;
  std::optional<std::string> filename_;
  std::string_view content_;
};

}  // namespace zeroway
