// A worker without sockets: frames in, frames out as text.
#pragma once
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "proto/message.h"
#include "worker-sdk/src/handlers/handler_runner.h"

namespace zeroway {

class ScriptedWorker : public LinkSender {
 public:
  explicit ScriptedWorker(WorkerOptions given = {}) : options(std::move(given)) {
    inbox.set_wake([this] {
      const std::lock_guard lock(mutex_);
      is_woken_ = true;
      woken_.notify_one();
    });
    session.set_routers({{"ipc://a", {"ipc://a"}}});
    (void)link().new_instance();
    link().up();
    (void)out();
  }
  ~ScriptedWorker() override { pool.stop(); }

  RouterLink& link() { return *session.links().front(); }

  // Frames for the next message.
  ScriptedWorker& open(StreamId id, const Head& head, Last last = Last::yes) {
    in_.headers(id, head, encoder_, last);
    return *this;
  }
  ScriptedWorker& data(StreamId id, std::string_view bytes, Last last = Last::no) {
    in_.data(id, as_bytes(bytes), last);
    return *this;
  }
  ScriptedWorker& message(StreamId id, std::string_view bytes, MessageKind kind = MessageKind::text,
                          Last last = Last::yes) {
    in_.piece(id, as_bytes(bytes), kind, last);
    return *this;
  }
  ScriptedWorker& fields(StreamId id, const Head& trailers) { return open(id, trailers); }
  ScriptedWorker& credit(StreamId id, std::uint32_t bytes) {
    in_.window_update(id, bytes);
    return *this;
  }
  ScriptedWorker& reset(StreamId id) {
    in_.rst_stream(id, ResetCode::cancel);
    return *this;
  }
  MessageWriter& in() { return in_; }

  // The message arrives, the loop turns; what went out.
  std::string turn() {
    session.begin_turn(now);
    const std::string message = in_.take();
    if (!message.empty()) link().receive(as_bytes(message));
    session.end_turn();
    return out();
  }
  // Turns until something goes out: for handlers on the pool.
  std::string await() {
    std::string text = turn();
    while (text.empty()) {
      {
        std::unique_lock lock(mutex_);
        woken_.wait(lock, [this] { return is_woken_; });
        is_woken_ = false;
      }
      text = turn();
    }
    return text;
  }

  // Turns until `text` has gone out as a part of everything since the last call.
  std::string until(std::string_view text) {
    std::string all;
    while (all.find(text) == std::string::npos) all += (all.empty() ? "" : " · ") + await();
    return all;
  }

  void send(RouterLink& sent) override { early_ += sent.out().take(); }

  static Head get(std::string_view path, std::string_view method = "GET") {
    return Head{{":method", method}, {":scheme", "http"}, {":authority", "a"}, {":path", path}};
  }

  static Head websocket(std::string_view path, std::string_view subprotocols = "") {
    Head head{
        {":method", "CONNECT"}, {":protocol", "websocket"}, {":scheme", "http"}, {":authority", "a"}, {":path", path}};
    if (!subprotocols.empty()) head.add("sec-websocket-protocol", subprotocols);
    return head;
  }

  WorkerOptions options;
  std::vector<std::string> lines;  // of the log; pool handlers' only after they are done
  WorkerLog log{"test", true, [this](std::string_view line) {
                  const std::lock_guard lock(mutex_);
                  lines.emplace_back(line);
                }};
  Inbox inbox;
  HandlerPool pool;
  WorkerSession session{{options, log, *this}, make_hello()};
  HandlerRunner runner{{options, log, inbox, pool, session}};
  WorkerClock::time_point now = WorkerClock::time_point() + std::chrono::hours(1);

 private:
  [[nodiscard]] Hello make_hello() const {
    Hello hello;
    hello.is_standby = options.standby;
    hello.name = "test";
    hello.instance = "test#0123456789abcdef";
    return hello;
  }

  std::string out() {
    const std::string message = std::exchange(early_, {}) + link().out().take();
    std::string text;
    MessageReader reader(as_bytes(message));
    while (const auto frame = reader.next().value()) text += (text.empty() ? "" : " · ") + as_line(*frame);
    return text;
  }

  std::string as_line(const Frame& frame) {
    const std::string end = frame.has(kFlagEndStream) ? " end" : "";
    const std::string id = std::to_string(frame.stream);
    switch (frame.type) {
      case FrameType::headers: {
        Head head;
        decoder_.decode(frame.payload, head).value();
        std::string text = "head " + id;
        for (const Field field : head) text += " " + std::string(field.name) + "=" + std::string(field.value);
        return text + end;
      }
      case FrameType::data: {
        const bool is_long = frame.payload.size() > 40;
        return "data " + id + " " +
               (is_long ? std::to_string(frame.payload.size()) : std::string(as_text(frame.payload))) + end;
      }
      case FrameType::message: {
        const bool is_long = frame.payload.size() > 40;
        return (frame.has(kFlagText) ? "text " : "binary ") + id + " " +
               (is_long ? std::to_string(frame.payload.size()) : std::string(as_text(frame.payload))) +
               (frame.has(kFlagEndMessage) ? "" : " …");
      }
      case FrameType::window_update:
        return "credit " + id + " " + std::to_string(read_window_update(frame).value());
      case FrameType::rst_stream:
        return "reset " + id + " " + std::to_string(static_cast<unsigned>(read_rst_stream(frame).value()));
      case FrameType::ping:
        return "ping " + std::to_string(read_ping(frame).value()) + (frame.has(kFlagAck) ? " ack" : "");
      case FrameType::goaway:
        return "goaway";
      case FrameType::hello: {
        const Hello hello = read_hello(frame.payload).value();
        return "hello " + hello.state + (hello.group.empty() ? "" : " of group " + hello.group) +
               (hello.is_standby ? ", on standby" : "");
      }
      default:
        return "frame " + std::to_string(static_cast<int>(frame.type));
    }
  }

  MessageWriter in_;
  HpackEncoder encoder_;
  HpackDecoder decoder_;
  std::string early_;
  std::mutex mutex_;
  std::condition_variable woken_;
  bool is_woken_ = false;
};

}  // namespace zeroway
