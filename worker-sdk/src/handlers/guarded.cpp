#include "guarded.h"

#include <string>

#include "zeroway/errors.h"

namespace zeroway {

namespace {

struct Answer {
  int status = 500;
  std::string text = "The worker failed to answer.\n";
  std::string complaint;  // for the log; empty = none
};

Answer answer_for(const StatusError& error) {
  if (error.status() >= 400 && error.status() <= 599) return {error.status(), error.what(), {}};
  Answer answer;
  answer.complaint = "StatusError(" + std::to_string(error.status()) + ") is not of 400 to 599: " + error.what();
  return answer;
}

Answer answer_for(const std::exception_ptr& error) {
  Answer answer;
  try {
    std::rethrow_exception(error);
  } catch (const StatusError& status) {
    return answer_for(status);
  } catch (const std::exception& exception) {
    answer.complaint = exception.what();
  } catch (...) {
    answer.complaint = "an exception of unknown type";
  }
  return answer;
}

// Whether a handler let Cancelled pass: the answer is not wanted any more.
bool is_cancellation(const std::exception_ptr& error, const HandlerSide& side) {
  if (!side.is_cancelled()) return false;
  try {
    std::rethrow_exception(error);
  } catch (const Cancelled&) {
    return true;
  } catch (...) {
    return false;
  }
}

void call_handler(const ErrorReplies& replies, HandlerSide& side, const HandlerError& error) {
  const bool is_building = !side.has_started();
  if (is_building) side.restart(error.status);
  Request request(side);
  Reply reply(side);
  replies.handler(request, reply, error);
  if (is_building && side.has_started()) side.finish();
}

}  // namespace

void answer_exception(const std::exception_ptr& error, HandlerSide& side, const ErrorReplies& replies) {
  if (is_cancellation(error, side)) return;
  const Answer answer = answer_for(error);
  const std::string what = std::string(side.request().method()) + " " + std::string(side.path());
  if (!answer.complaint.empty()) replies.log.error("handler of " + what + " failed: " + answer.complaint);
  try {
    if (replies.handler) call_handler(replies, side, {answer.status, answer.text, error});
  } catch (const std::exception& second) {
    replies.log.error("on_error of " + what + " failed: " + second.what());
  } catch (...) {
    replies.log.error("on_error of " + what + " failed: an exception of unknown type");
  }
  side.fail(answer.status, answer.text);
}

void answer_error(int status, const std::string& text, HandlerSide& side, const ErrorReplies& replies) {
  answer_exception(std::make_exception_ptr(StatusError(status, text)), side, replies);
}

}  // namespace zeroway
