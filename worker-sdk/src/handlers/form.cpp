#include "zeroway/form.h"

#include "form_parser.h"
#include "handler_side.h"
#include "zeroway/request.h"

namespace zeroway {

namespace {

using Step = FormParser::Step;

std::unique_ptr<FormParser> make_parser(const HandlerSide& side, const FormLimits& limits) {
  return std::make_unique<FormParser>(side.request().find("content-type").value_or(""), limits, side.max_body());
}

void feed(FormParser& parser, std::optional<std::string_view> piece) { piece ? parser.feed(*piece) : parser.finish(); }

// The bytes that form() holds, bounded as a body is: names count too.
class WholeForm {
 public:
  explicit WholeForm(std::size_t most) : most_(most) {}

  void begin(const FormPart& part) {
    end();
    part_ = part;
    count(part.name.size() + part.filename.value_or("").size() + part.content_type.size());
  }
  void add(std::string_view piece) {
    count(piece.size());
    content_ += piece;
  }
  Form take() {
    end();
    return std::move(form_);
  }

 private:
  void end() {
    if (part_) form_.add(*part_, std::exchange(content_, {}));
  }
  void count(std::size_t bytes) {
    size_ += bytes;
    if (size_ > most_) throw StatusError(413, "The form is larger than " + std::to_string(most_) + " bytes.\n");
  }

  std::size_t most_, size_ = 0;
  std::optional<FormPart> part_;
  std::string content_;
  Form form_;
};

}  // namespace

std::optional<std::string> Form::value(std::string_view name) const {
  for (const auto& [key, value] : pairs_)
    if (key == name) return value;
  return std::nullopt;
}

std::vector<std::string> Form::values(std::string_view name) const {
  std::vector<std::string> found;
  for (const auto& [key, value] : pairs_)
    if (key == name) found.push_back(value);
  return found;
}

const FormFile* Form::file(std::string_view name) const {
  for (const FormFile& file : files_)
    if (file.name == name) return &file;
  return nullptr;
}

void Form::add(const FormPart& part, std::string content) {
  if (part.filename) return (void)files_.push_back({part.name, *part.filename, part.content_type, std::move(content)});
  pairs_.emplace_back(part.name, std::move(content));
}

FormReader::FormReader(Request& request, const FormLimits& limits)
    : request_(request), parser_(make_parser(*request.side_, limits)) {}
FormReader::~FormReader() = default;

std::optional<FormPart> FormReader::next_part() {
  while (true) {
    const Step step = parser_->next();
    if (step == Step::part) return parser_->part();
    if (step == Step::end) return std::nullopt;
    if (step == Step::needs_more) feed(*parser_, request_.read());
  }
}

std::optional<std::string_view> FormReader::read() {
  while (parser_->is_in_part()) {
    const Step step = parser_->next();
    if (step == Step::content) return parser_->content();
    if (step == Step::needs_more) feed(*parser_, request_.read());
  }
  return std::nullopt;
}

AsyncFormReader::AsyncFormReader(AsyncRequest& request, const FormLimits& limits)
    : request_(request), parser_(make_parser(*request.side_, limits)) {}
AsyncFormReader::~AsyncFormReader() = default;

Task<std::optional<FormPart>> AsyncFormReader::next_part() {
  while (true) {
    const Step step = parser_->next();
    if (step == Step::part) co_return parser_->part();
    if (step == Step::end) co_return std::nullopt;
    if (step != Step::needs_more) continue;
    const auto piece = co_await request_.read();
    feed(*parser_, piece);
  }
}

Task<std::optional<std::string_view>> AsyncFormReader::read() {
  while (parser_->is_in_part()) {
    const Step step = parser_->next();
    if (step == Step::content) co_return parser_->content();
    if (step != Step::needs_more) continue;
    const auto piece = co_await request_.read();
    feed(*parser_, piece);
  }
  co_return std::nullopt;
}

Form Request::form(const FormLimits& limits) {
  side_->check_body_size(0);
  FormReader reader(*this, limits);
  WholeForm whole(side_->max_body());
  while (const auto part = reader.next_part()) {
    whole.begin(*part);
    while (const auto piece = reader.read()) whole.add(*piece);
  }
  return whole.take();
}

Task<Form> AsyncRequest::form(FormLimits limits) {
  side_->check_body_size(0);
  AsyncFormReader reader(*this, limits);
  WholeForm whole(side_->max_body());
  while (const auto part = co_await reader.next_part()) {
    whole.begin(*part);
    while (const auto piece = co_await reader.read()) whole.add(*piece);
  }
  co_return whole.take();
}

}  // namespace zeroway
