// One request, as a handler sees it. The object belongs to the SDK and is good until the handler has returned (for a
// coroutine: ended). Use it only on the thread the handler runs on, except where a function says otherwise.
#pragma once
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "zeroway/errors.h"
#include "zeroway/fields.h"
#include "zeroway/form.h"
#include "zeroway/task.h"
#include "zeroway/url.h"
#include "zeroway/values.h"

namespace zeroway {

class HandlerSide;  // the SDK's own: a stream as its handler holds it

// What all kinds of handlers see. Views are good as long as the request.
//
// What clients encode is given decoded: param(), query(), cookie(), rest(). The text as it came is there too:
// raw_param(), raw_query(), raw_rest(), path(), target(), field("cookie"). Decoded text is bytes, UTF-8 as every
// browser sends it; that it is UTF-8 is not checked.
class RequestBase {
 public:
  // As the client sent it: "GET", "POST", … (case matters, RFC 9110 §9.1).
  [[nodiscard]] std::string_view method() const;
  // The path without the query, as it came: "/a%20b". Not decoded, because a decoded "%2F" could not be told from a '/'
  // between segments. "*" for OPTIONS * (RFC 9112 §3.2.4).
  [[nodiscard]] std::string_view path() const;
  // The value of the first pair of this name in the query, decoded ('+' is a space): for "?q=a+b%21", query("q") is
  // "a b!". Empty for "?q" and "?q="; nothing when there is no such name. A '%' without two hex digits stays as it is
  // (the URL standard §1.3).
  [[nodiscard]] std::optional<std::string> query(std::string_view name) const;
  // The same as a T (values.h): `request.query<int>("page").value_or(1)`. Throws StatusError(400) when the value is no
  // T.
  template <class T>
  [[nodiscard]] std::optional<T> query(std::string_view name) const {
    const std::optional<std::string> text = query(name);
    if (!text) return std::nullopt;
    return detail::read_value<T>("query", name, *text);
  }
  // The values of all pairs of this name, in order: {"1", "2"} for "?tag=1&tag=2".
  [[nodiscard]] std::vector<std::string> query_all(std::string_view name) const;
  // All pairs of the query, decoded, in order, repeats kept.
  [[nodiscard]] std::vector<QueryPair> query_pairs() const;
  // What follows the first '?', as it came; empty when there is none.
  [[nodiscard]] std::string_view raw_query() const;
  // Path and query as they came: "/a%20b?c=d".
  [[nodiscard]] std::string_view target() const;
  // Host and port the client asked for ("example.com:8080"); empty when it named none.
  [[nodiscard]] std::string_view authority() const;
  // "http" or "https": how the client reached the router.
  [[nodiscard]] std::string_view scheme() const;

  // All fields, in order.
  [[nodiscard]] FieldsView fields() const;
  // The first field of this name (lower case); nothing when there is none.
  [[nodiscard]] std::optional<std::string_view> field(std::string_view name) const { return fields().find(name); }
  // The value of the first cookie of this name (RFC 6265 §4.2), without quotes around it; nothing when there is none.
  // Not percent-decoded: cookies have no encoding of their own. An application that sets encoded ones calls
  // percent_decode.
  [[nodiscard]] std::optional<std::string_view> cookie(std::string_view name) const;
  // What `{name}` in the pattern matched, decoded: one path segment, which may hold a '/' that came as "%2F". A path
  // with a '%' that two hex digits do not follow is answered with 400 before a handler with captures is called. Throws
  // std::logic_error when the pattern has no such name, which a client sees as a 500.
  [[nodiscard]] std::string param(std::string_view name) const;
  // The same as a T (values.h): `param<int>("id")`. Throws StatusError(400) when it is no T: the client learns what it
  // must be. A handler that wants 404 there reads param("id") itself.
  template <class T>
  [[nodiscard]] T param(std::string_view name) const {
    return detail::read_value<T>("path", name, param(name));
  }
  // As it came: "J%C3%B6rg".
  [[nodiscard]] std::string_view raw_param(std::string_view name) const;
  // What the '*' of a pattern's trailing "/*" matched, decoded: "b/c d" for the pattern "/a/*" and the path
  // "/a/b/c%20d". Throws StatusError(400) for a '%' without two hex digits. It is a client's word: never a file name as
  // it is, because it can be "../x" (Reply::file_in takes it).
  [[nodiscard]] std::string rest() const;
  [[nodiscard]] std::string_view raw_rest() const;
  // The address of the client as the router saw it, without a port: "192.0.2.7", "2001:db8::1". Empty when nobody said
  // it. A client cannot invent it: routers replace what it says in x-forwarded-for, and proxies that a router trusts
  // (--trusted-proxy) add to it. With such proxies in front, the last address is the nearest proxy's; `proxies` says
  // how many there are, and the address before them is the client's. Behind fewer proxies, the first that is listed.
  [[nodiscard]] std::string client_address(std::size_t proxies = 0) const;
  // Trailer fields (RFC 9110 §6.5). Empty until the body has been read to its end.
  [[nodiscard]] FieldsView trailers() const;

  // True when nobody waits for the answer any more. Any thread.
  [[nodiscard]] bool is_cancelled() const;
  // Asked to stop when the request is cancelled, so that it can be given to other code, other threads, or
  // std::stop_callback (whose callbacks run on the worker's loop: they must not block). Any thread.
  [[nodiscard]] std::stop_token stop_token() const;

  RequestBase(const RequestBase&) = delete;
  RequestBase& operator=(const RequestBase&) = delete;

 protected:
  friend class AsyncFormReader;
  friend class FormReader;
  friend class Waiting;
  explicit RequestBase(HandlerSide& side) : side_(&side) {}
  ~RequestBase() = default;
  HandlerSide* side_;
};

// The request of a handler on the pool or inline. read(), body() and sleep() block the calling thread; in an inline
// handler the whole body is there before the handler is called, so read() and body() return at once.
class Request : public RequestBase {
 public:
  // The next piece of the body, at least one byte, at most 256 KiB; nothing at the end, and ever after:
  // `while (auto piece = request.read()) …`. Waits until something is there. The client is only allowed to send more as
  // pieces are read (256 KiB ahead), so reading slowly slows it down. The view is good until the next read() or body().
  // Throws Cancelled.
  [[nodiscard]] std::optional<std::string_view> read();
  // The body (or what read() has left of it) in one piece; the view is good as long as the request. Throws
  // StatusError(413) when it is larger than `limit` bytes (0 = WorkerOptions::max_body), and Cancelled.
  [[nodiscard]] std::string_view body(std::size_t limit = 0);
  // The body as an HTML form, whole: see form.h, which also reads it part by part. Throws StatusError: 415 when it is
  // none by its content-type, 400 when it is malformed, 413 when it is larger than WorkerOptions::max_body; and
  // Cancelled.
  [[nodiscard]] Form form(const FormLimits& limits = {});
  // Waits this long. Throws Cancelled at once when the request is cancelled meanwhile. Not in inline handlers: it
  // throws std::logic_error there.
  void sleep(std::chrono::milliseconds duration);
  // The same, but over at once when the worker drains (Worker::is_draining()), and false then: the handler should end
  // soon. For what would go on for ever, or sleep long: sleep() itself is not cut short by SIGTERM, because an answer
  // in the making may need its pauses.
  [[nodiscard]] bool sleep_unless_draining(std::chrono::milliseconds duration);

  explicit Request(HandlerSide& side) : RequestBase(side) {}  // for the SDK
};

// The request of a coroutine: the same, awaited. Each of them resumes on the worker's loop.
class AsyncRequest : public RequestBase {
 public:
  class [[nodiscard]] Read {
   public:
    explicit Read(HandlerSide& side) : side_(&side) {}
    [[nodiscard]] bool await_ready();
    void await_suspend(std::coroutine_handle<> awaiter);
    std::optional<std::string_view> await_resume();

   private:
    HandlerSide* side_;
  };
  class [[nodiscard]] Sleep {
   public:
    Sleep(HandlerSide& side, std::chrono::milliseconds duration) : side_(&side), duration_(duration) {}
    [[nodiscard]] bool await_ready();
    void await_suspend(std::coroutine_handle<> awaiter);
    void await_resume();

   protected:
    HandlerSide* side_;
    std::chrono::milliseconds duration_;
  };
  class [[nodiscard]] SleepUnlessDraining : public Sleep {
   public:
    using Sleep::Sleep;
    [[nodiscard]] bool await_ready();
    void await_suspend(std::coroutine_handle<> awaiter);
    bool await_resume();
  };

  // `while (auto piece = co_await request.read()) …` See Request::read.
  Read read() { return Read(*side_); }
  // `std::string_view whole = co_await request.body();` See Request::body.
  Task<std::string_view> body(std::size_t limit = 0);
  // `const Form form = co_await request.form();` See Request::form.
  Task<Form> form(FormLimits limits = {});
  // `co_await request.sleep(100ms);` See Request::sleep. Other requests go on meanwhile.
  Sleep sleep(std::chrono::milliseconds duration) { return Sleep(*side_, duration); }
  // `while (co_await request.sleep_unless_draining(1s)) …` See Request::sleep_unless_draining.
  SleepUnlessDraining sleep_unless_draining(std::chrono::milliseconds duration) { return {*side_, duration}; }

  explicit AsyncRequest(HandlerSide& side) : RequestBase(side) {}  // for the SDK
};

}  // namespace zeroway
