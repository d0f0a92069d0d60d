// The exceptions that the SDK throws, and that a handler may throw. Any other exception of a handler gives a 500 and a
// log line.
#pragma once
#include <stdexcept>
#include <string>

namespace zeroway {

// The answer is not wanted any more: the client went away, a deadline passed, the connection to the router broke, or
// the worker is being stopped at once. Thrown by read(), body(), write(), sleep(). A handler lets it pass; it is not
// logged.
class Cancelled : public std::exception {
 public:
  const char* what() const noexcept override { return "the request was cancelled"; }
};

// A handler throws a StatusError to answer with its status and a small text/plain body. When the reply's head is out
// already, the stream is reset instead. body() throws StatusError(413) when the body is larger than
// WorkerOptions::max_body.
class StatusError : public std::runtime_error {
 public:
  // `status` is 400 … 599; for another status the answer is 500, and a log line says why. `text` goes to the client as
  // it is.
  StatusError(int status, const std::string& text) : std::runtime_error(text), status_(status) {}
  [[nodiscard]] int status() const { return status_; }

 private:
  int status_;
};

}  // namespace zeroway
