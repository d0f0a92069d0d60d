#include "router/http/h1_head_scan.h"

#include <algorithm>
#include <string>

namespace zeroway {
namespace {

Error bad(std::string detail) { return Error{Fault::client, Code::bad_request, false, std::move(detail)}; }

Error too_large(const char* what, std::size_t limit) {
  return Error{Fault::client, Code::header_too_large, false, "more than " + std::to_string(limit) + what};
}

Error line_too_long(std::size_t limit) {
  return Error{Fault::client, Code::uri_too_long, false, "a request line over " + std::to_string(limit) + " bytes"};
}

}  // namespace

void H1HeadScan::restart(FirstLine first_line) {
  *this = H1HeadScan{};
  first_line_ = first_line;
}

Result<std::size_t> H1HeadScan::scan(std::string_view input, const HttpLimits& limits) {
  const auto visible = input.substr(0, limits.max_head);
  for (;;) {
    const auto lf = visible.find('\n', scanned_);
    if (lf == std::string_view::npos) return wait_for_more(input.size(), limits);
    if (is_too_long(lf, limits)) return line_too_long(limits.max_request_line);
    if (lf == line_begin_ || input[lf - 1] != '\r') return bad("a line that ends in LF without CR");
    const auto line = input.substr(line_begin_, lf - 1 - line_begin_);
    scanned_ = line_begin_ = lf + 1;
    if (line.empty()) return lf + 1;
    if (auto good = check_line(line, limits); !good) return good.error();
  }
}

Result<> H1HeadScan::check_line(std::string_view line, const HttpLimits& limits) {
  if (is_in_request_line()) {
    request_line_size_ = line.size();
    return {};
  }
  if (line.front() == ' ' || line.front() == '\t') return bad("a folded field line");
  if (++fields_ > limits.max_fields) return too_large(" fields", limits.max_fields);
  return {};
}

// Whether a request line that reaches at least to `end` is over the limit. Its last byte may be its CR, which does not
// count.
bool H1HeadScan::is_too_long(std::size_t end, const HttpLimits& limits) const {
  return is_in_request_line() && end > limits.max_request_line + 1;
}

Result<std::size_t> H1HeadScan::wait_for_more(std::size_t size, const HttpLimits& limits) {
  scanned_ = std::min(size, limits.max_head);
  if (is_too_long(scanned_, limits)) return line_too_long(limits.max_request_line);
  if (size > limits.max_head) return too_large(" bytes of head", limits.max_head);
  return 0;
}

}  // namespace zeroway
