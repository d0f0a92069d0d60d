// Finds the end of a head, or of the trailers of a chunked body, in bytes that come in pieces; checks its line ends.
//
// Owner: H1Codec keeps one.   Thread: the connection's loop.
// Refuses what Beast's parser accepts or cannot see: bare LF, obs-fold (RFC 9112 §2.2, §5.2), and sizes over the limits
// as soon as a limit is passed. It keeps no bytes: the caller gives the same bytes again, with more bytes behind them.
// Not here: the contents of the lines (h1_request_parser.h).
#pragma once
#include <cstddef>
#include <string_view>

#include "proto/error.h"
#include "router/settings/settings.h"

namespace zeroway {

class H1HeadScan {
 public:
  enum class FirstLine : bool { request, field };

  // The size of the whole section with the empty line that ends it; 0 while the section is not complete. Scans each
  // byte once.
  [[nodiscard]] Result<std::size_t> scan(std::string_view input, const HttpLimits& limits);

  // Starts again for a new section; `first_line` is the kind of its first line.
  void restart(FirstLine first_line);

  // The size of the request line without its CRLF; 0 while the line is not complete, or when it is too long.
  [[nodiscard]] std::size_t request_line_size() const { return request_line_size_; }

 private:
  [[nodiscard]] Result<> check_line(std::string_view line, const HttpLimits& limits);
  [[nodiscard]] bool is_in_request_line() const { return first_line_ == FirstLine::request && request_line_size_ == 0; }
  [[nodiscard]] bool is_too_long(std::size_t end, const HttpLimits& limits) const;
  // To be called when no complete line is left.
  [[nodiscard]] Result<std::size_t> wait_for_more(std::size_t size, const HttpLimits& limits);

  FirstLine first_line_ = FirstLine::request;
  std::size_t scanned_ = 0;
  std::size_t line_begin_ = 0;
  std::size_t request_line_size_ = 0;
  std::size_t fields_ = 0;
};

}  // namespace zeroway
