#include "zeroway/reply.h"

#include <stdexcept>

#include "handler_side.h"
#include "limits.h"
#include "loop_side.h"
#include "static_file.h"

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
void ReplyBase::end(FieldInit trailers) { side_->end_reply(trailers); }
void ReplyBase::abort() { side_->abort(); }
bool ReplyBase::has_started() const { return side_->has_started(); }
bool ReplyBase::has_ended() const { return side_->has_ended(); }

void ReplyBase::json(std::string_view text) {
  if (!side_->has_field("content-type")) field("content-type", "application/json");
  send(text);
}

void ReplyBase::redirect(std::string_view location, int code) {
  if (code != 301 && code != 302 && code != 303 && code != 307 && code != 308)
    throw std::invalid_argument("status " + std::to_string(code) + " redirects nobody: 301, 302, 303, 307 and 308 do");
  status(code).set_field("location", location).send({});
}

void Reply::file(const std::string& path, const FileOptions& options) {
  side_->check_may_block("file()");
  const StaticFile file(path);
  const Head& request = side_->request();
  const bool is_read = request.method() == "GET" || request.method() == "HEAD";
  const bool is_plain = is_read && side_->status_code() == 200;  // RFC 9110 §13.2.1: conditions are for 2xx
  field("etag", file.tag()).field("last-modified", file.last_modified());
  if (!options.cache_control.empty()) field("cache-control", options.cache_control);
  if (is_plain && file.is_unchanged_for(request)) {
    status(304);
    return send({});
  }
  const std::string size = std::to_string(file.size());
  ByteRange range = is_plain ? file.range_for(request) : ByteRange();
  if (range.kind == ByteRange::Kind::unsatisfiable) {
    status(416).field("content-range", "bytes */" + size);
    return send({});
  }
  if (range.kind == ByteRange::Kind::part) {
    status(206).field("content-range",
                      "bytes " + std::to_string(range.first) + "-" + std::to_string(range.last) + "/" + size);
  } else {
    range.last = file.size() - 1;  // an empty file: no byte is read
  }
  std::uint64_t left = file.size() == 0 ? 0 : range.last - range.first + 1;
  if (!side_->has_field("content-type"))
    field("content-type", options.content_type.empty() ? content_type_of(path) : options.content_type);
  field("accept-ranges", "bytes").field("content-length", std::to_string(left));
  if (left == 0 || request.method() == "HEAD") return send({});
  std::string piece;
  while (left > 0) {
    piece.resize(std::min<std::uint64_t>(left, kFilePiece));
    file.read(range.last + 1 - left, piece);
    if (piece.empty()) return abort();
    write(piece);
    left -= piece.size();
  }
  end();
}

void Reply::file_in(const std::string& folder, std::string_view name, const FileOptions& options) {
  side_->check_may_block("file_in()");
  file(path_below(folder, name), options);
}

void Reply::write(std::string_view piece) { side_->write(piece); }

bool AsyncReply::Write::await_ready() { return side_->is_cancelled() || on_loop(side_).try_write(piece_); }
void AsyncReply::Write::await_suspend(std::coroutine_handle<> awaiter) { on_loop(side_).wait_to_write(awaiter); }
void AsyncReply::Write::await_resume() { on_loop(side_).throw_if_over(); }

}  // namespace zeroway
