// One sender, many receivers: Broadcast<T> for coroutines that wait for values (server-sent events), WebSocketBroadcast
// for WebSockets that are all sent the same messages.
//
//     zeroway::Broadcast<std::string> news;                     // outlives the handlers
//     worker.handle_async("GET", "/news", [&](AsyncRequest& request, AsyncReply& reply) -> Task<void> {
//       EventStream events(request, reply);
//       auto listener = news.listen();
//       while (auto text = co_await listener.next(request)) co_await events.send({.data = *text});
//     });
//     news.send("…");                                           // any thread
//
// A sender never waits. The number of values that wait for a listener is bounded, so a slow listener does not slow the
// others down: SlowListener says what happens to it.
#pragma once
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "zeroway/sync.h"

namespace zeroway {

// What happens to a listener that has `backlog` values waiting when one more is sent.
enum class SlowListener : std::uint8_t {
  ends,          // gets no more values: next() gives the waiting ones, then nothing, and fell_behind() is true
  loses_oldest,  // loses its oldest waiting value, and missed() counts it
};

// Sends each value to all listeners of that moment. T is any type; a value is made once, and the listeners share it.
template <class T>
class Broadcast {
 public:
  // `backlog` is 1 or more, else std::invalid_argument.
  explicit Broadcast(std::size_t backlog = 64, SlowListener slow = SlowListener::ends)
      : backlog_(backlog), slow_(slow) {
    if (backlog == 0) throw std::invalid_argument("a broadcast's backlog is at least 1");
  }
  Broadcast(const Broadcast&) = delete;
  Broadcast& operator=(const Broadcast&) = delete;

  // Receives the values that are sent during its life. It lives in a coroutine's frame; the broadcast outlives it.
  class Listener {
   public:
    explicit Listener(Broadcast& broadcast) : broadcast_(broadcast) {
      const std::unique_lock lock(broadcast_.waits_.mutex);
      is_over_ = broadcast_.is_closed_;
      broadcast_.listeners_.push_back(this);
    }
    ~Listener() {
      const std::unique_lock lock(broadcast_.waits_.mutex);
      std::erase(broadcast_.listeners_, this);
    }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    // The next value. Empty when the time is over (the listener stays usable), when the broadcast is closed, or when
    // this listener fell behind and was ended; is_over() is true in the last two cases. Throws Cancelled.
    Task<std::shared_ptr<const T>> next(Waiting where, std::chrono::milliseconds longest = kForever) {
      const detail::Deadline deadline(where, longest);
      while (true) {
        std::unique_lock lock(broadcast_.waits_.mutex);
        if (!values_.empty()) {
          std::shared_ptr<const T> value = std::move(values_.front());
          values_.pop_front();
          co_return value;
        }
        const auto left = deadline.left();
        if (is_over_ || left.count() == 0) co_return nullptr;
        co_await detail::Wait(broadcast_.waits_, where, left, lock);
      }
    }
    // Whether no value will come any more, besides the values that wait.
    [[nodiscard]] bool is_over() const {
      const std::unique_lock lock(broadcast_.waits_.mutex);
      return is_over_;
    }
    // With SlowListener::ends: whether this listener was ended because it fell behind.
    [[nodiscard]] bool fell_behind() const {
      const std::unique_lock lock(broadcast_.waits_.mutex);
      return fell_behind_;
    }
    // With SlowListener::loses_oldest: how many values this listener lost.
    [[nodiscard]] std::size_t missed() const {
      const std::unique_lock lock(broadcast_.waits_.mutex);
      return missed_;
    }

   private:
    friend class Broadcast;
    Broadcast& broadcast_;
    std::deque<std::shared_ptr<const T>> values_;
    bool is_over_ = false, fell_behind_ = false;
    std::size_t missed_ = 0;
  };

  [[nodiscard]] Listener listen() { return Listener(*this); }

  // Any thread. Returns how many listeners will get the value. Ignored (0) after close().
  std::size_t send(T value) {
    const auto shared = std::make_shared<const T>(std::move(value));
    const std::unique_lock lock(waits_.mutex);
    std::size_t told = 0;
    for (Listener* listener : listeners_) told += give(*listener, shared) ? 1 : 0;
    waits_.notify_all();
    return told;
  }
  // Any thread. Listeners get the values that wait for them, then nothing. Later listeners get nothing.
  void close() {
    const std::unique_lock lock(waits_.mutex);
    is_closed_ = true;
    for (Listener* listener : listeners_) listener->is_over_ = true;
    waits_.notify_all();
  }
  // Any thread.
  [[nodiscard]] std::size_t listeners() const {
    const std::unique_lock lock(waits_.mutex);
    return listeners_.size();
  }

 private:
  // With the mutex held. Whether the listener will get the value.
  bool give(Listener& listener, const std::shared_ptr<const T>& value) {
    if (listener.is_over_) return false;
    if (listener.values_.size() >= backlog_) {
      if (slow_ == SlowListener::ends) {
        listener.is_over_ = listener.fell_behind_ = true;
        return false;
      }
      listener.values_.pop_front();
      ++listener.missed_;
    }
    listener.values_.push_back(value);
    return true;
  }

  const std::size_t backlog_;
  const SlowListener slow_;
  mutable detail::WaitList waits_;
  std::vector<Listener*> listeners_;
  bool is_closed_ = false;
};

// WebSockets that are all sent the same messages, while their handlers receive: a chat room.
//
//     auto membership = room.join(socket);                      // in the handler's frame
//     while (auto message = co_await socket.receive()) room.send_text(message->bytes);
//
// A message goes to all members of that moment, its sender included. When more than `max_backlog` bytes wait for a
// member, the member is closed at once with `close_code` (WebSocket::abort), so receive() in its handler gives nothing.
class WebSocketBroadcast {
 public:
  static constexpr std::size_t kMaxBacklog = 256 << 10;  // bytes
  static constexpr int kTryAgainLater = 1013;            // in RFC 6455's registry of close codes

  explicit WebSocketBroadcast(std::size_t max_backlog = kMaxBacklog, int close_code = kTryAgainLater)
      : max_backlog_(max_backlog), close_code_(close_code) {}
  WebSocketBroadcast(const WebSocketBroadcast&) = delete;
  WebSocketBroadcast& operator=(const WebSocketBroadcast&) = delete;

  struct Member;  // the SDK's own

  // Makes the socket a member during its life. It lives in the handler's frame, beside the socket; the broadcast
  // outlives it.
  class Membership {
   public:
    Membership(WebSocketBroadcast& broadcast, WebSocket& socket);
    ~Membership();
    Membership(const Membership&) = delete;
    Membership& operator=(const Membership&) = delete;

   private:
    WebSocketBroadcast& broadcast_;
    std::shared_ptr<Member> member_;
  };

  [[nodiscard]] Membership join(WebSocket& socket) { return {*this, socket}; }

  // Any thread; never waits. The worker of a member sends the message in the next turn of its loop, in the order of the
  // calls, behind the messages that the member's handler has sent or posted before. `text` is UTF-8.
  void send_text(std::string_view text) { send(text, true); }
  void send_binary(std::string_view bytes) { send(bytes, false); }
  // The number of members. Any thread.
  [[nodiscard]] std::size_t size() const;

 private:
  void send(std::string_view bytes, bool is_text);

  const std::size_t max_backlog_;
  const int close_code_;
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Member>> members_;
};

}  // namespace zeroway
