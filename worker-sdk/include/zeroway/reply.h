// The answer to one request. The object belongs to the SDK and is good until the handler has returned (until a
// coroutine has ended). Use it only on the thread of its handler.
//
// Order: status() and field(), inform() any number of times, then either send(), or write() any number of times and
// end(). When a handler returns without send() or end(), the SDK ends the reply, with an empty body if nothing was
// written. A handler may answer while the request's body is still coming: the rest of the body is then not read any
// more. Calls after the reply's end are ignored. Calls in a wrong order throw std::logic_error in the handler, bad
// statuses and illegal fields std::invalid_argument; the answer is then a 500, as for any exception.
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
  // The status, 200 … 999 (default 200). To be called before the head is out.
  ReplyBase& status(int code);
  // Adds a field; repeats are sent in order. Names may be in any case and are sent in lower case. Names must be tokens
  // (RFC 9110 §5.6.2); values hold no control characters but tabs (§5.5). Not allowed are connection, keep-alive,
  // proxy-connection, transfer-encoding, upgrade and te: the router sets them (RFC 9113 §8.2.2). A content-length of
  // the handler is kept. All fields together are at most 65 470 bytes: names + values + 32 for each field. To be called
  // before the head is out.
  ReplyBase& field(std::string_view name, std::string_view value);
  // The same, but the field replaces all fields of this name that the reply has, in the place of the first.
  ReplyBase& set_field(std::string_view name, std::string_view value);

  // Sends an interim reply at once, e.g. inform(103, {{"link", "</a.css>; rel=preload"}}) (RFC 8297). `code` is
  // 100 … 199 without 101. To be called before the head is out.
  void inform(int code, FieldInit fields = {});
  // Sends the head now, without waiting for the first write(). May be called once.
  void start();
  // Sends the whole body at once, with content-length, and ends the reply. Never waits: bytes that the client does not
  // take yet are kept in memory. For HEAD, 204 and 304 the body is left out; for HEAD content-length still tells the
  // body's size (RFC 9110 §8.6).
  void send(std::string_view body);
  // As send(), with content-type application/json unless the reply has a content-type. `text` is JSON already.
  void json(std::string_view text);
  // The same for a value of any JSON library whose to_string(value) gives its text (nlohmann::json has one).
  template <class Value>
  requires(!std::convertible_to<const Value&, std::string_view>) void json(const Value& value) {
    const std::string text = to_string(value);
    json(std::string_view(text));
  }
  // Redirects the client (RFC 9110 §15.4). `location` is an absolute URL or a path, percent-encoded. `status` is 301,
  // 302, 303, 307 or 308, else std::invalid_argument. Browsers remember 301 and 308; 307 and 308 keep the method.
  void redirect(std::string_view location, int status = 302);
  // Ends a body that was written in pieces, with trailer fields if given (RFC 9110 §6.5; the rules of field() apply).
  // Never waits.
  void end(FieldInit trailers = {});
  // Gives the request up: the client sees 502 if the head is not out yet, else a broken transfer.
  void abort();

  // Whether the head is out: status() and field() are too late then.
  [[nodiscard]] bool has_started() const;
  // Whether the reply has ended: by send() or end(), by abort(), or because the request was cancelled.
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
  // Sends a piece of the body, and the head first if it is not out yet. On the pool it waits while the client is more
  // than 64 KiB (256 KiB when the client reads fast) behind. An inline handler never waits: the bytes that do not fit
  // are kept in memory. An empty piece does nothing. Throws Cancelled.
  void write(std::string_view piece);

  // Sends a file, with content-type, etag, last-modified and content-length, piece by piece as write() does. Only for
  // handlers on the pool, because disks block: an inline handler gets std::logic_error. `path` is chosen by the
  // application, never by a client.
  //
  // While the status is 200, conditions and ranges count: a client that has the file already (if-none-match,
  // if-modified-since) gets 304, a client that asks for one range gets 206 or 416. If-range is respected. Several
  // ranges are answered with the whole file (RFC 9110 §14.2).
  //
  // Throws StatusError(404) when there is no such regular file or it may not be read, std::system_error on other
  // failures, and Cancelled. When the file gets shorter while it is sent, the transfer is broken off.
  void file(const std::string& path, const FileOptions& options = {});
  // Sends the file that a client names below a folder: `reply.file_in("public", request.rest())`. Throws
  // StatusError(404) also for a `name` that is empty or absolute, or has a segment that is empty or begins with '.': so
  // no name leaves the folder by "..", and hidden files stay hidden. Symbolic links are followed.
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
