// A form of either kind, a part at a time, within its limits. Its owner feeds it with the body.
//
// Owner: FormReader, AsyncFormReader.   Thread: the handler's.
// Not here: reading the body (form.cpp), multipart's syntax (multipart_parser.h).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "multipart_parser.h"
#include "zeroway/form.h"

namespace zeroway {

class FormParser {
 public:
  using Step = MultipartParser::Step;

  // Throws StatusError(415) and StatusError(400).
  FormParser(std::string_view content_type, const FormLimits& limits, std::size_t max_body);

  void feed(std::string_view bytes);
  void finish();
  // As MultipartParser::next(); throws StatusError(413) too.
  Step next();
  [[nodiscard]] const FormPart& part() const { return part_; }
  // Whether the part that was begun last still has content.
  [[nodiscard]] bool is_in_part() const { return is_in_part_; }
  [[nodiscard]] std::string_view content() const { return content_; }

 private:
  Step next_of_pairs();
  Step next_of_parts();
  void count_part();

  FormLimits limits_;
  std::size_t max_body_;
  std::optional<MultipartParser> multipart_;  // empty: the form is urlencoded
  std::string text_;                          // the text of a urlencoded form, as far as it has come
  bool is_finished_ = false;
  std::vector<QueryPair> pairs_;
  std::size_t pair_ = 0;         // the index of the next pair
  Step pair_step_ = Step::part;  // the next step of that pair
  std::size_t parts_ = 0, size_ = 0;
  FormPart part_;
  bool is_in_part_ = false;
  std::string_view content_;
};

}  // namespace zeroway
