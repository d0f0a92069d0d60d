#include "zeroway/reply.h"

#include "handler_side.h"
#include "loop_side.h"

namespace zeroway {

namespace {
LoopSide& on_loop(HandlerSide* side) { return static_cast<LoopSide&>(*side); }
}  // namespace

ReplyBase& ReplyBase::status(int code) {
  side_->status(code);
  return *this;
}

ReplyBase& ReplyBase::field(std::string_view name, std::string_view value) {
  side_->field(name, value);
  return *this;
}

ReplyBase& ReplyBase::set_field(std::string_view name, std::string_view value) {
  side_->set_field(name, value);
  return *this;
}

void ReplyBase::inform(int code, FieldInit fields) { side_->inform(code, fields); }
void ReplyBase::start() { side_->start(); }
void ReplyBase::send(std::string_view body) { side_->send(body); }
void ReplyBase::end(FieldInit trailers) { side_->end(trailers); }
void ReplyBase::abort() { side_->abort(); }
bool ReplyBase::has_started() const { return side_->has_started(); }
bool ReplyBase::has_ended() const { return side_->has_ended(); }

void Reply::write(std::string_view piece) { side_->write(piece); }

bool AsyncReply::Write::await_ready() { return side_->is_cancelled() || on_loop(side_).try_write(piece_); }
void AsyncReply::Write::await_suspend(std::coroutine_handle<> awaiter) { on_loop(side_).wait_to_write(awaiter); }
void AsyncReply::Write::await_resume() { on_loop(side_).throw_if_over(); }

}  // namespace zeroway
