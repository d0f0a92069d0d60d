// The answer to one request. The object belongs to the SDK and is good until the handler has returned (for a coroutine:
// ended). Use it only on the thread the handler runs on.
//
// Order: status() and field(), inform() any number of times, then either send(), or write() any number of times and
// end(). A handler that returns without send() or end() has ended its reply: with an empty body when nothing was
// written. It may answer while the request's body is still coming: what is left of the body is then not read any more.
// After the reply's end, everything here is ignored. Calls in a wrong order, bad statuses and illegal fields throw
// std::logic_error (std::invalid_argument) in the handler, which then is a 500 like any exception.
#pragma once
#include <concepts>
#include <coroutine>
#include <string>
#include <string_view>

#include "zeroway/errors.h"
#include "zeroway/fields.h"
#include "zeroway/file.h"

namespace zeroway {

class HandlerSide;

class ReplyBase {
 public:
  // The status, 200 … 999 (default 200). Before the head is out.
  ReplyBase& status(int code);
  // Adds a field; repeats are sent in order. Names may be in any case and are sent in lower case. They must be tokens
  // (RFC 9110 §5.6.2); values hold no control character but tabs (§5.5). Not allowed: connection, keep-alive,
  // proxy-connection, transfer-encoding, upgrade, te (the router's business, RFC 9113 §8.2.2). A content-length that is
  // given is kept.
  // All fields together are at most 65 470 bytes, names + values + 32 for each. Before the head is out.
  ReplyBase& field(std::string_view name, std::string_view value);
  // The same, but replaces all fields of this name that the reply has, in the place of the first.
  ReplyBase& set_field(std::string_view name, std::string_view value);

  // An interim reply, e.g. inform(103, {{"link", "</a.css>; rel=preload"}}) (RFC 8297). `code` is 100 … 199 without
  // 101. Goes out at once. Before the head is out.
  void inform(int code, FieldInit fields = {});
  // Sends the head now, without waiting for the first write(). Once.
  void start();
  // The whole body at once, with content-length, and the end. Never waits: what the client is not ready for is kept in
  // memory. For HEAD, 204 and 304 the body is left out; content-length still tells its size for HEAD (RFC 9110 §8.6).
  void send(std::string_view body);
  // send() with content-type application/json, unless the reply has one. `text` is JSON already.
  void json(std::string_view text);
  // The same for a value of any JSON library whose to_string(value) gives its text (nlohmann::json has one).
  template <class Value>
  requires(!std::convertible_to<const Value&, std::string_view>) void json(const Value& value) {
    const std::string text = to_string(value);
    json(std::string_view(text));
  }
  // Sends the client elsewhere (RFC 9110 §15.4). `location` is an absolute URL or a path, percent-encoded; `status` is
  // 301, 302, 303, 307 or 308 (301 and 308 are remembered; 307 and 308 keep the method), else std::invalid_argument.
  void redirect(std::string_view location, int status = 302);
  // The end of a body that was written in pieces, with trailer fields if wanted (RFC 9110 §6.5; the same rules as
  // field()). Never waits.
  void end(FieldInit trailers = {});
  // Gives the request up: the client sees 502 when the head is not out yet, else a broken transfer.
  void abort();

  // Whether the head is out: status() and field() come too late.
  [[nodiscard]] bool has_started() const;
  // Whether the reply has been ended (or given up, or cancelled).
  [[nodiscard]] bool has_ended() const;

  ReplyBase(const ReplyBase&) = delete;
  ReplyBase& operator=(const ReplyBase&) = delete;

 protected:
  explicit ReplyBase(HandlerSide& side) : side_(&side) {}
  ~ReplyBase() = default;
  HandlerSide* side_;
};

// The reply of a handler on the pool or inline.
class Reply : public ReplyBase {
 public:
  // Sends a piece of the body, after the head if that is not out yet. Waits while the client is more than 64 KiB (256
  // when it reads fast) behind (on the pool; an inline handler never waits, what does not fit is kept in memory). Empty
  // pieces are nothing. Throws Cancelled.
  void write(std::string_view piece);

  // Sends a file, with content-type, etag, last-modified and content-length, piece by piece as write() does. A client
  // that has it already (if-none-match, if-modified-since) gets 304, one that asks for one range 206 or 416 (if-range
  // is heeded; several ranges are answered with the whole file, RFC 9110 §14.2); both only while the status is 200.
  // Throws StatusError(404) when there is no such regular file or it may not be read, std::system_error on other
  // failures, and Cancelled. A file that gets shorter meanwhile breaks the transfer off. On the pool alone, because
  // disks block: inline it throws std::logic_error. `path` is the application's own word, never a client's.
  void file(const std::string& path, const FileOptions& options = {});
  // The file that a client names below a folder: `reply.file_in("public", request.rest())`. 404 too for a `name` that
  // is empty or absolute, has a segment that is empty or begins with '.' (so none leaves the folder by "..", and hidden
  // files stay hidden). Symbolic links are followed.
  void file_in(const std::string& folder, std::string_view name, const FileOptions& options = {});

  explicit Reply(HandlerSide& side) : ReplyBase(side) {}  // for the SDK
};

// The reply of a coroutine.
class AsyncReply : public ReplyBase {
 public:
  class [[nodiscard]] Write {
   public:
    Write(HandlerSide& side, std::string_view piece) : side_(&side), piece_(piece) {}
    [[nodiscard]] bool await_ready();
    void await_suspend(std::coroutine_handle<> awaiter);
    void await_resume();

   private:
    HandlerSide* side_;
    std::string_view piece_;
  };

  // `co_await reply.write("piece");` See Reply::write. `piece` must stay until the await is over.
  Write write(std::string_view piece) { return Write(*side_, piece); }

  explicit AsyncReply(HandlerSide& side) : ReplyBase(side) {}  // for the SDK
};

}  // namespace zeroway
