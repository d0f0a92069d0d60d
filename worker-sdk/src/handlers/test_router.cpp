#include "test_router.h"

#include <algorithm>
#include <stdexcept>

#include "proto/limits.h"

namespace zeroway {

namespace {

constexpr std::size_t kMaxFrame = 65'536;  // bytes sent at once: a router sends no more than it has read

TestFields fields_of(const Head& head) {
  TestFields fields;
  for (const Field field : head)
    if (!field.name.starts_with(':')) fields.emplace_back(field.name, field.value);
  return fields;
}

}  // namespace

TestRouter::TestRouter(const TestedWorker& worker, std::chrono::milliseconds patience)
    : worker_(worker), patience_(patience), now_(WorkerClock::now()) {
  worker.inbox.set_wake([this] { wake(); });
  worker.pool.set_when_idle([this] { wake(); });
  worker.session.send_by(*this);
  worker.session.begin_turn(now_);
  worker.runner.claim_routes();
  worker.session.set_routers({{"ipc://test", {"ipc://test"}}});
  link_ = worker.session.links().front().get();
  (void)link_->new_instance();
  link_->up();
  if (worker.runner.handlers().has_pool_handlers()) worker.pool.start(worker.threads);
  link_->out().clear();  // its HELLO
}

// Handlers that wait for the request's cancellation end here; a pool handler that does not end is waited for with the
// worker.
TestRouter::~TestRouter() {
  for (auto& [id, exchange] : exchanges_) exchange->is_over = true;
  exchanges_.clear();
  worker_.session.begin_turn(now_);
  (void)worker_.session.cancel_all();
  while (worker_.session.end_turn()) {
  }
  worker_.inbox.set_wake({});
  worker_.pool.set_when_idle({});
  worker_.session.send_by(worker_.sender);
}

void TestRouter::wake() {
  const std::lock_guard lock(mutex_);
  is_woken_ = true;
  woken_.notify_one();
}

void TestRouter::send(RouterLink& link) { out_ += link.out().take(); }

std::shared_ptr<TestExchange> TestRouter::open(const Head& head, bool has_body) {
  auto exchange = std::make_shared<TestExchange>();
  exchange->id = next_id_;
  next_id_ += 2;
  exchange->window = kOpeningWindow;
  exchange->has_ended = exchange->ends = !has_body;
  exchanges_.emplace(exchange->id, exchange);
  in_.headers(exchange->id, head, encoder_, has_body ? Last::no : Last::yes);
  return exchange;
}

void TestRouter::reset(TestExchange& exchange) {
  if (exchange.is_over) return;
  in_.rst_stream(exchange.id, ResetCode::cancel);
  exchange.is_over = exchange.reply.is_broken = true;
  exchanges_.erase(exchange.id);
  run();
}

void TestRouter::credit(TestExchange& exchange, std::size_t bytes) {
  if (!exchange.is_over && bytes > 0) in_.window_update(exchange.id, static_cast<std::uint32_t>(bytes));
}

void TestRouter::send_pieces(TestExchange& exchange) {
  while (!exchange.out.empty() && exchange.window > 0) {
    TestExchange::Piece& piece = exchange.out.front();
    const std::size_t fits =
        std::min({piece.bytes.size() - piece.sent, static_cast<std::size_t>(exchange.window), kMaxFrame});
    const std::string_view bytes = std::string_view(piece.bytes).substr(piece.sent, fits);
    piece.sent += fits;
    const bool is_all = piece.sent == piece.bytes.size();
    if (exchange.is_web_socket) {
      exchange.window -= message_credit(fits);
      in_.piece(exchange.id, as_bytes(bytes), piece.is_text ? MessageKind::text : MessageKind::binary,
                is_all ? Last::yes : Last::no);
    } else {
      exchange.window -= static_cast<std::int64_t>(fits);
      in_.data(exchange.id, as_bytes(bytes), Last::no);
    }
    if (is_all) exchange.out.pop_front();
  }
  if (!exchange.ends || exchange.has_ended || !exchange.out.empty()) return;
  exchange.has_ended = true;
  if (exchange.trailers.is_empty()) return in_.data(exchange.id, {}, Last::yes);
  in_.headers(exchange.id, exchange.trailers, encoder_, Last::yes);
}

bool TestRouter::turn() {
  if (worker_.stops.load() > 0) worker_.session.begin_drain();
  for (auto& [id, exchange] : exchanges_) send_pieces(*exchange);
  worker_.session.begin_turn(now_);
  const std::string message = in_.take();
  if (!message.empty()) link_->receive(as_bytes(message));
  bool did_something = worker_.session.end_turn();
  const std::string said = std::exchange(out_, {}) + link_->out().take();
  MessageReader reader(as_bytes(said));
  while (const auto frame = reader.next().value()) handle(*frame);
  did_something |= !message.empty() || !said.empty();
  return did_something;
}

void TestRouter::run() {
  while (turn()) {
  }
}

void TestRouter::run_until(const std::function<bool()>& is_there, const std::string& what) {
  const auto give_up = std::chrono::steady_clock::now() + patience_;
  while (!is_there()) {
    if (turn()) continue;
    if (worker_.pool.is_idle() && jump_to_next_timer()) continue;
    if (std::chrono::steady_clock::now() >= give_up)
      throw std::runtime_error("the test client waited " + std::to_string(patience_.count()) + " ms for " + what);
    wait_for_others(give_up);
  }
}

void TestRouter::wait_for_others(std::chrono::steady_clock::time_point until) {
  std::unique_lock lock(mutex_);
  woken_.wait_until(lock, until, [this] { return is_woken_; });
  is_woken_ = false;
}

bool TestRouter::jump_to_next_timer() {
  const auto next = worker_.session.next_timer();
  if (next == WorkerClock::time_point::max() || next - now_ > kLongestSleep / 2) return false;  // the sleep has no end
  now_ = std::max(now_, next);
  return true;
}

void TestRouter::advance(std::chrono::milliseconds duration) {
  const auto until = now_ + duration;
  run();
  while (worker_.session.next_timer() <= until) {
    (void)jump_to_next_timer();
    run();
  }
  now_ = until;
  run();
}

void TestRouter::drain() {
  worker_.stops.fetch_add(1);
  run();
}

void TestRouter::handle(const Frame& frame) {
  if (frame.type == FrameType::goaway) return in_.goaway(kMaxStreamId, ResetCode::no_error, "");  // confirmed
  const auto at = exchanges_.find(frame.stream);
  if (at == exchanges_.end()) return;
  const std::shared_ptr<TestExchange> exchange = at->second;
  switch (frame.type) {
    case FrameType::headers:
      handle_head(*exchange, frame);
      break;
    case FrameType::data:
      exchange->reply.body += as_text(frame.payload);
      break;
    case FrameType::message:
      handle_message(*exchange, frame);
      break;
    case FrameType::window_update:
      exchange->window += read_window_update(frame).value();
      break;
    case FrameType::rst_stream:
      exchange->is_over = exchange->reply.is_broken = true;
      break;
    default:
      break;
  }
  const bool may_end = frame.type == FrameType::headers || frame.type == FrameType::data;
  exchange->is_over |= may_end && frame.has(kFlagEndStream);
  if (exchange->is_over) exchanges_.erase(frame.stream);
}

void TestRouter::handle_head(TestExchange& exchange, const Frame& frame) {
  Head head;
  decoder_.decode(frame.payload, head).value();
  if (exchange.has_head) {
    exchange.reply.trailers = fields_of(head);
  } else if (head.status() < 200) {
    exchange.reply.interims.push_back({head.status(), fields_of(head)});
  } else {
    exchange.has_head = true;
    exchange.reply.status = head.status();
    exchange.reply.fields = fields_of(head);
  }
}

void TestRouter::handle_message(TestExchange& exchange, const Frame& frame) {
  exchange.message += as_text(frame.payload);
  exchange.uncredited += message_credit(frame.payload.size());
  if (!frame.has(kFlagEndMessage)) return;
  exchange.messages.push_back({std::exchange(exchange.message, {}), frame.has(kFlagText)});
}

}  // namespace zeroway
