// Server-sent events (the HTML standard, §9.2), written from a coroutine:
//
//     using namespace zeroway;
//     worker.handle_async("GET", "/ticks", [&](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
//       EventStream events(request, reply);
//       for (int i = 0; co_await events.sleep_unless_draining(1s); ++i)
//         co_await events.send({.data = std::to_string(i)});
//     });
//
// A browser reads them with `new EventSource("/ticks")`, and comes back by itself when the stream ends. Lives in the
// handler's frame and is used like its reply. Handlers on the pool write the text of event_text() with Reply::write.
#pragma once
#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "zeroway/reply.h"
#include "zeroway/request.h"

namespace zeroway {

// The views are read before the call that is given them returns.
struct ServerEvent {
  std::string_view data = {};   // any text (UTF-8); its lines reach the browser as they are, CR LF and CR as LF
  std::string_view event = {};  // the event's name; empty = "message". No CR, LF, NUL
  std::string_view id = {};     // what a browser that comes back tells in Last-Event-ID. Empty = none. No CR, LF, NUL
  std::optional<std::chrono::milliseconds> retry = std::nullopt;  // how long it waits before it comes back
};

// The event as the stream's text. Throws std::invalid_argument when `event` or `id` holds what it must not.
[[nodiscard]] std::string event_text(const ServerEvent& event);
// A comment, which browsers ignore: keeps proxies from taking the stream for dead. Lines as in `data`.
[[nodiscard]] std::string event_comment(std::string_view text = {});

class EventStream {
 public:
  static constexpr std::chrono::milliseconds kKeepAlive{15'000};  // what the HTML standard §9.2.7 advises

  // Sends the head: status 200 (unless it was set), content-type text/event-stream, cache-control no-store.
  EventStream(AsyncRequest& request, AsyncReply& reply);
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;

  // The id of the last event that this browser got before it came back; empty when it is new.
  [[nodiscard]] std::string_view last_event_id() const;

  // `co_await events.send({.data = "text"});` Waits as AsyncReply::write does. Throws Cancelled.
  AsyncReply::Write send(const ServerEvent& event);
  AsyncReply::Write comment(std::string_view text = {});
  // Waits this long, with a comment whenever kKeepAlive passes. Throws Cancelled when the browser is gone.
  Task<void> sleep(std::chrono::milliseconds duration);
  // The same, but over at once when the worker drains, and false then: end the stream, and the browser comes back to
  // another worker.
  Task<bool> sleep_unless_draining(std::chrono::milliseconds duration);

 private:
  AsyncRequest& request_;
  AsyncReply& reply_;
  std::string text_;  // of the write that is waited for
};

}  // namespace zeroway
