#include "form_parser.h"

#include "proto/ascii.h"
#include "zeroway/errors.h"

namespace zeroway {

FormParser::FormParser(std::string_view content_type, const FormLimits& limits, std::size_t max_body)
    : limits_(limits), max_body_(max_body) {
  const std::string_view type = trimmed(content_type.substr(0, content_type.find(';')));
  if (is_same_word(type, "application/x-www-form-urlencoded")) return;
  if (!is_same_word(type, "multipart/form-data"))
    throw StatusError(415, "This takes a form: application/x-www-form-urlencoded or multipart/form-data.\n");
  multipart_.emplace(find_parameter(content_type, "boundary").value_or(""));
}

void FormParser::feed(std::string_view bytes) {
  if (multipart_) return multipart_->feed(bytes);
  text_ += bytes;
  if (text_.size() > max_body_)
    throw StatusError(413, "The form is larger than " + std::to_string(max_body_) + " bytes.\n");
}

void FormParser::finish() {
  is_finished_ = true;
  if (multipart_) return multipart_->finish();
  pairs_ = read_query(text_);
}

FormParser::Step FormParser::next() {
  const Step step = multipart_ ? next_of_parts() : next_of_pairs();
  if (step == Step::part) is_in_part_ = true;
  if (step == Step::part_end) is_in_part_ = false;
  return step;
}

void FormParser::count_part() {
  size_ = 0;
  if (++parts_ > limits_.max_parts)
    throw StatusError(413, "The form has more than " + std::to_string(limits_.max_parts) + " parts.\n");
}

FormParser::Step FormParser::next_of_parts() {
  const Step step = multipart_->next();
  if (step == Step::part) {
    count_part();
    part_ = {multipart_->name(), multipart_->filename(), multipart_->content_type()};
  }
  if (step == Step::content) {
    content_ = multipart_->content();
    size_ += content_.size();
    if (size_ > limits_.max_part)
      throw StatusError(413, "A part of the form is larger than " + std::to_string(limits_.max_part) + " bytes.\n");
  }
  return step;
}

FormParser::Step FormParser::next_of_pairs() {
  if (!is_finished_) return Step::needs_more;
  if (pair_ == pairs_.size()) return Step::end;
  const Step step = pair_step_;
  const auto& [name, value] = pairs_[pair_];
  switch (step) {
    case Step::part:
      count_part();
      part_ = {name, std::nullopt, "text/plain"};
      pair_step_ = value.empty() ? Step::part_end : Step::content;
      break;
    case Step::content:
      content_ = value;
      if (value.size() > limits_.max_part)
        throw StatusError(413, "A part of the form is larger than " + std::to_string(limits_.max_part) + " bytes.\n");
      pair_step_ = Step::part_end;
      break;
    default:
      ++pair_;
      pair_step_ = Step::part;
      break;
  }
  return step;
}

}  // namespace zeroway
