// Server-sent events (the HTML standard, §9.2), written from a coroutine:
//
//     using namespace zeroway;
//     worker.handle_async("GET", "/ticks", [&](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
//       EventStream events(request, reply);
//       for (int i = 0; co_await events.sleep_unless_draining(1s); ++i)
//         co_await events.send({.data = std::to_string(i)});
//     });
//
// A browser reads the events with `new EventSource("/ticks")`, and connects again by itself when the stream ends. An
// EventStream lives in the handler's frame and is used like the handler's reply. Handlers on the pool write the text of
// event_text() with Reply::write.
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

// The views need to be good only during the call that takes the event.
struct ServerEvent {
  std::string_view data = {};   // any text (UTF-8); its lines reach the browser as they are, CR LF and CR as LF
  std::string_view event = {};  // the event's name; empty = "message". No CR, LF, NUL
  std::string_view id = {};     // a browser that connects again sends it in Last-Event-ID. Empty = none. No CR, LF, NUL
  std::optional<std::chrono::milliseconds> retry = std::nullopt;  // the browser's pause before it connects again
};

// The event as the stream's text. Throws std::invalid_argument when `event` or `id` holds CR, LF or NUL.
[[nodiscard]] std::string event_text(const ServerEvent& event);
// A comment, which browsers ignore. It keeps proxies from taking the stream for dead. Lines as in `data`.
[[nodiscard]] std::string event_comment(std::string_view text = {});

class EventStream {
 public:
  static constexpr std::chrono::milliseconds kKeepAlive{15'000};  // the advice of the HTML standard §9.2.7

  // Sends the head: status 200 (unless it was set), content-type text/event-stream, cache-control no-store.
  EventStream(AsyncRequest& request, AsyncReply& reply);
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;

  // The id of the last event that this browser got before it connected again; empty for a new browser.
  [[nodiscard]] std::string_view last_event_id() const;

  // `co_await events.send({.data = "text"});` Waits as AsyncReply::write does. Throws Cancelled.
  AsyncReply::Write send(const ServerEvent& event);
  AsyncReply::Write comment(std::string_view text = {});
  // Waits for `duration`, and sends a comment each time kKeepAlive has passed. Throws Cancelled when the browser is
  // gone.
  Task<void> sleep(std::chrono::milliseconds duration);
  // The same, but when the worker drains it returns false at once: end the stream then, and the browser connects to
  // another worker.
  Task<bool> sleep_unless_draining(std::chrono::milliseconds duration);

 private:
  AsyncRequest& request_;
  AsyncReply& reply_;
  std::string text_;  // the text of the write that is awaited
};

}  // namespace zeroway
