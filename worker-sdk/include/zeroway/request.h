// One request, as a handler sees it. The object belongs to the SDK and is good until the handler has returned (until a
// coroutine has ended). Use it only on the thread of its handler, except where a function says otherwise.
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

// The part of a request that is the same for all kinds of handlers. Its views are good as long as the request.
//
// param(), query(), cookie() and rest() give text decoded. The text as it came is there too: raw_param(), raw_query(),
// raw_rest(), path(), target(), field("cookie"). Decoded text is bytes: browsers send UTF-8, but the SDK does not check
// that it is UTF-8.
class RequestBase {
 public:
  // The method as the client sent it: "GET", "POST", … (case matters, RFC 9110 §9.1).
  [[nodiscard]] std::string_view method() const;
  // The path without the query, as it came: "/a%20b". It is not decoded, because a decoded "%2F" would look like a '/'
  // between segments. "*" for OPTIONS * (RFC 9112 §3.2.4).
  [[nodiscard]] std::string_view path() const;
  // The value of the first pair of this name in the query, decoded ('+' is a space): for "?q=a+b%21", query("q") is
  // "a b!". Empty for "?q" and "?q="; nothing when the query has no such name. A '%' without two hex digits stays as it
  // is (the URL standard §1.3).
  [[nodiscard]] std::optional<std::string> query(std::string_view name) const;
  // The same value as a T (values.h): `request.query<int>("page").value_or(1)`. Throws StatusError(400) when the value
  // is not a T.
  template <class T>
  [[nodiscard]] std::optional<T> query(std::string_view name) const {
    const std::optional<std::string> text = query(name);
    if (!text) return std::nullopt;
    return detail::read_value<T>("query", name, *text);
  }
  // The values of all pairs of this name, in order: {"1", "2"} for "?tag=1&tag=2".
  [[nodiscard]] std::vector<std::string> query_all(std::string_view name) const;
  // All pairs of the query, decoded, in their order. Repeats are kept.
  [[nodiscard]] std::vector<QueryPair> query_pairs() const;
  // The text behind the first '?', as it came; empty when there is no '?'.
  [[nodiscard]] std::string_view raw_query() const;
  // Path and query as they came: "/a%20b?c=d".
  [[nodiscard]] std::string_view target() const;
  // The host and port that the client asked for ("example.com:8080"); empty when the client named none.
  [[nodiscard]] std::string_view authority() const;
  // "http" or "https": how the client reached the router.
  [[nodiscard]] std::string_view scheme() const;

  // All fields, in order.
  [[nodiscard]] FieldsView fields() const;
  // The first field of this name (lower case); nothing when there is none.
  [[nodiscard]] std::optional<std::string_view> field(std::string_view name) const { return fields().find(name); }
  // The value of the first cookie of this name (RFC 6265 §4.2), without quotes around it; nothing when there is none.
  // Cookies have no encoding of their own, so the value is not percent-decoded. An application that sets
  // percent-encoded cookies calls percent_decode.
  [[nodiscard]] std::optional<std::string_view> cookie(std::string_view name) const;
  // The text that `{name}` in the pattern matched, decoded: one path segment, which may hold a '/' that came as "%2F".
  // When a '%' in the path is not followed by two hex digits, the SDK answers 400 before it calls a handler with
  // captures. Throws std::logic_error when the pattern has no such name; the client sees a 500 then.
  [[nodiscard]] std::string param(std::string_view name) const;
  // The same text as a T (values.h): `param<int>("id")`. Throws StatusError(400) when the text is not a T; the error
  // tells the client what the value must be. A handler that wants to answer 404 instead reads param("id") itself.
  template <class T>
  [[nodiscard]] T param(std::string_view name) const {
    return detail::read_value<T>("path", name, param(name));
  }
  // The text that `{name}` matched, as it came: "J%C3%B6rg".
  [[nodiscard]] std::string_view raw_param(std::string_view name) const;
  // The text that the "/*" at a pattern's end matched, decoded: "b/c d" for the pattern "/a/*" and the path
  // "/a/b/c%20d". Throws StatusError(400) for a '%' without two hex digits. The client chooses this text, so never use
  // it as a file name: it can be "../x" (Reply::file_in takes it).
  [[nodiscard]] std::string rest() const;
  [[nodiscard]] std::string_view raw_rest() const;
  // The client's address as the router saw it, without a port: "192.0.2.7", "2001:db8::1". Empty when the request names
  // no address. A client cannot invent its address: routers replace the client's own x-forwarded-for, and only proxies
  // that a router trusts (--trusted-proxy) add to it. With such proxies in front, the last address in the list is the
  // nearest proxy's. `proxies` says how many proxies there are: the result is the address before theirs, the client's.
  // When fewer proxies are listed, the result is the first address of the list.
  [[nodiscard]] std::string client_address(std::size_t proxies = 0) const;
  // Trailer fields (RFC 9110 §6.5). Empty until the body has been read to its end.
  [[nodiscard]] FieldsView trailers() const;

  // True when the request was cancelled: the answer is not wanted any more. Any thread.
  [[nodiscard]] bool is_cancelled() const;
  // A token that is asked to stop when the request is cancelled: for other code, other threads, or std::stop_callback
  // (whose callbacks run on the worker's loop: they must not block). Any thread.
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

// The request of a handler on the pool or inline. read(), body() and sleep() block the calling thread. For an inline
// handler the SDK collects the whole body before the call, so read() and body() return at once.
class Request : public RequestBase {
 public:
  // The next piece of the body, 1 byte to 256 KiB; nothing at the body's end, and in every call after that:
  // `while (auto piece = request.read()) …`. Waits until a piece is there. The client may send at most 256 KiB ahead of
  // the handler's reading, so a handler that reads slowly slows the client down. The view is good until the next read()
  // or body(). Throws Cancelled.
  [[nodiscard]] std::optional<std::string_view> read();
  // The body (or the part of it that read() has not taken) in one piece; the view is good as long as the request.
  // Throws StatusError(413) when the body is larger than `limit` bytes (0 = WorkerOptions::max_body), and Cancelled.
  [[nodiscard]] std::string_view body(std::size_t limit = 0);
  // The whole body as an HTML form. form.h describes it, and how to read a form part by part. Throws StatusError: 415
  // when the content-type is not that of a form, 400 when the form is malformed, 413 when the body is larger than
  // WorkerOptions::max_body. Throws Cancelled too.
  [[nodiscard]] Form form(const FormLimits& limits = {});
  // Waits for `duration`. Throws Cancelled as soon as the request is cancelled. In an inline handler it throws
  // std::logic_error.
  void sleep(std::chrono::milliseconds duration);
  // The same, but when the worker drains (Worker::is_draining()) it returns false at once, and the handler should end
  // soon. For handlers that would go on for ever, or sleep long. SIGTERM does not cut sleep() itself short, because an
  // answer in progress may need its pauses.
  [[nodiscard]] bool sleep_unless_draining(std::chrono::milliseconds duration);

  explicit Request(HandlerSide& side) : RequestBase(side) {}  // for the SDK
};

// The request of a coroutine: the same functions, awaited. Each of them resumes the coroutine on the worker's loop.
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
