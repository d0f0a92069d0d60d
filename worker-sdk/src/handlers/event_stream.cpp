#include "zeroway/event_stream.h"

namespace zeroway {

namespace {

// One line of the stream for each line of `text`: CR LF, LF or CR end one.
void add_lines(std::string& out, std::string_view prefix, std::string_view text) {
  while (true) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    out.append(prefix).append(text.substr(0, end)).push_back('\n');
    if (end == text.size()) return;
    text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
  }
}

void add_field(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
    throw std::invalid_argument("server-sent event: its " + std::string(name) + " holds CR, LF or NUL");
  out.append(name).append(": ").append(value).push_back('\n');
}

}  // namespace

std::string event_text(const ServerEvent& event) {
  std::string text;
  add_field(text, "event", event.event);
  add_field(text, "id", event.id);
  if (event.retry) add_field(text, "retry", std::to_string(event.retry->count()));
  add_lines(text, "data: ", event.data);
  text += '\n';
  return text;
}

std::string event_comment(std::string_view text) {
  std::string comment;
  add_lines(comment, ": ", text);
  comment += '\n';
  return comment;
}

EventStream::EventStream(AsyncRequest& request, AsyncReply& reply) : request_(request), reply_(reply) {
  reply.field("content-type", "text/event-stream").field("cache-control", "no-store");
  reply.start();
}

std::string_view EventStream::last_event_id() const {
  return request_.field("last-event-id").value_or(std::string_view());
}

AsyncReply::Write EventStream::send(const ServerEvent& event) {
  text_ = event_text(event);
  return reply_.write(text_);
}

AsyncReply::Write EventStream::comment(std::string_view text) {
  text_ = event_comment(text);
  return reply_.write(text_);
}

Task<void> EventStream::sleep(std::chrono::milliseconds duration) {
  while (duration > kKeepAlive) {
    co_await request_.sleep(kKeepAlive);
    duration -= kKeepAlive;
    co_await comment();
  }
  co_await request_.sleep(duration);
}

Task<bool> EventStream::sleep_unless_draining(std::chrono::milliseconds duration) {
  while (duration > kKeepAlive) {
    const bool slept = co_await request_.sleep_unless_draining(kKeepAlive);
    if (!slept) co_return false;
    duration -= kKeepAlive;
    co_await comment();
  }
  // Not `co_return co_await`: g++ 12 makes a task of it that is resumed at a wrong place (seen with -O2).
  const bool slept = co_await request_.sleep_unless_draining(duration);
  co_return slept;
}

}  // namespace zeroway
