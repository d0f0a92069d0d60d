// What the SDK throws, and what a handler may throw. Anything else that leaves a handler is a 500 and a log line.
#pragma once
#include <stdexcept>
#include <string>

namespace zeroway {

// Nobody waits for the answer any more: the client went away, a deadline passed, the connection to the router broke, or
// the worker is being stopped at once. Thrown by read(), body(), write(), sleep(); let it pass, nothing is logged.
class Cancelled : public std::exception {
 public:
  const char* what() const noexcept override { return "the request was cancelled"; }
};

// Throw it from a handler to answer with this status and a small text/plain body. When the reply's head is out already
// the stream is reset instead. body() throws StatusError(413) when the body is larger than WorkerOptions::max_body.
class StatusError : public std::runtime_error {
 public:
  // `status` is 400 … 599, else the answer is 500 and a log line says why; `text` goes to the client as it is.
  StatusError(int status, const std::string& text) : std::runtime_error(text), status_(status) {}
  [[nodiscard]] int status() const { return status_; }

 private:
  int status_;
};

}  // namespace zeroway
