#include <stdexcept>
#include <utility>

#include "test_router.h"
#include "zeroway/testing.h"

namespace zeroway {

namespace {

constexpr int kNoCode = 1005, kLost = 1006;  // RFC 6455 §7.4.1

Head request_head(std::string_view method, std::string_view target, const TestFields& fields) {
  const std::string authority = find_field(fields, "host").value_or("test");
  Head head{{":method", method}, {":scheme", "http"}, {":authority", authority}, {":path", target}};
  if (!find_field(fields, "x-forwarded-for")) head.add("x-forwarded-for", "127.0.0.1");
  for (const auto& [name, value] : fields)
    if (name != "host") head.add(name, value);
  return head;
}

}  // namespace

std::optional<std::string> find_field(const TestFields& fields, std::string_view name) {
  for (const auto& [field, value] : fields)
    if (field == name) return value;
  return std::nullopt;
}

// ---- a request

TestStream::TestStream(TestRouter& router, std::shared_ptr<TestExchange> exchange)
    : router_(&router), exchange_(std::move(exchange)) {}

TestStream& TestStream::send(std::string_view piece) {
  if (exchange_->ends) throw std::logic_error("send() behind the body's end");
  if (!piece.empty()) exchange_->out.push_back({std::string(piece)});
  router_->run();
  return *this;
}

TestStream& TestStream::end(const TestFields& trailers) {
  for (const auto& [name, value] : trailers) exchange_->trailers.add(name, value);
  exchange_->ends = true;
  router_->run();
  return *this;
}

void TestStream::reset() { router_->reset(*exchange_); }

std::size_t TestStream::unsent() {
  std::size_t bytes = 0;
  for (const TestExchange::Piece& piece : exchange_->out) bytes += piece.bytes.size() - piece.sent;
  return bytes;
}

int TestStream::status() {
  router_->run_until([this] { return exchange_->has_head || exchange_->is_over; }, "a reply");
  return exchange_->reply.status;
}

std::optional<std::string> TestStream::field(std::string_view name) {
  (void)status();
  return exchange_->reply.field(name);
}

std::optional<std::string> TestStream::read() {
  std::string& body = exchange_->reply.body;
  router_->run_until([&] { return !body.empty() || exchange_->is_over; }, "more of a reply");
  if (body.empty()) return std::nullopt;
  router_->credit(*exchange_, body.size());
  return std::exchange(body, {});
}

TestReply TestStream::reply() {
  std::string body;
  while (const auto piece = read()) body += *piece;
  TestReply reply = exchange_->reply;
  reply.body = std::move(body);
  return reply;
}

// ---- a WebSocket

TestWebSocket::TestWebSocket(TestRouter& router, std::shared_ptr<TestExchange> exchange)
    : router_(&router), exchange_(std::move(exchange)) {}

bool TestWebSocket::is_accepted() {
  router_->run_until([this] { return exchange_->has_head || exchange_->is_over; }, "a WebSocket's answer");
  return exchange_->has_head && exchange_->reply.status < 300;
}

TestReply TestWebSocket::refusal() { return TestStream(*router_, exchange_).reply(); }

std::optional<std::string> TestWebSocket::field(std::string_view name) {
  (void)is_accepted();
  return exchange_->reply.field(name);
}

TestWebSocket& TestWebSocket::send_text(std::string_view text) {
  exchange_->out.push_back({std::string(text), true});
  router_->run();
  return *this;
}

TestWebSocket& TestWebSocket::send_binary(std::string_view bytes) {
  exchange_->out.push_back({std::string(bytes), false});
  router_->run();
  return *this;
}

std::optional<TestWebSocket::Message> TestWebSocket::receive() {
  std::deque<Message>& messages = exchange_->messages;
  router_->run_until(
      [&] {
        if (messages.empty()) router_->credit(*exchange_, std::exchange(exchange_->uncredited, 0));
        return !messages.empty() || exchange_->is_over;
      },
      "a WebSocket's message");
  if (messages.empty()) return std::nullopt;
  Message message = std::move(messages.front());
  messages.pop_front();
  return message;
}

std::string TestWebSocket::receive_text() {
  std::optional<Message> message = receive();
  if (!message) throw std::runtime_error("the WebSocket is over, with code " + std::to_string(close_code()));
  return std::move(message->bytes);
}

void TestWebSocket::close(int code, std::string_view reason) {
  if (exchange_->ends) return;
  exchange_->ends = true;
  exchange_->trailers.add("close-code", std::to_string(code));
  if (!reason.empty()) exchange_->trailers.add("close-reason", reason);
  router_->run();
}

void TestWebSocket::reset() { router_->reset(*exchange_); }

int TestWebSocket::close_code() {
  router_->run_until(
      [this] {
        router_->credit(*exchange_, std::exchange(exchange_->uncredited, 0));
        return exchange_->is_over;
      },
      "a WebSocket's close");
  if (exchange_->reply.is_broken) return kLost;
  const auto code = exchange_->reply.trailer("close-code");
  return code ? std::stoi(*code) : kNoCode;
}

std::string TestWebSocket::close_reason() {
  (void)close_code();
  return exchange_->reply.trailer("close-reason").value_or("");
}

// ---- the client

TestClient::~TestClient() = default;

TestReply TestClient::get(std::string_view target, const TestFields& fields) {
  return request("GET", target, std::nullopt, fields);
}
TestReply TestClient::head(std::string_view target, const TestFields& fields) {
  return request("HEAD", target, std::nullopt, fields);
}
TestReply TestClient::post(std::string_view target, std::string_view body, const TestFields& fields) {
  return request("POST", target, body, fields);
}
TestReply TestClient::put(std::string_view target, std::string_view body, const TestFields& fields) {
  return request("PUT", target, body, fields);
}
TestReply TestClient::patch(std::string_view target, std::string_view body, const TestFields& fields) {
  return request("PATCH", target, body, fields);
}
TestReply TestClient::del(std::string_view target, const TestFields& fields) {
  return request("DELETE", target, std::nullopt, fields);
}
TestReply TestClient::options(std::string_view target, const TestFields& fields) {
  return request("OPTIONS", target, std::nullopt, fields);
}

TestReply TestClient::request(std::string_view method, std::string_view target, std::optional<std::string_view> body,
                              const TestFields& fields) {
  Head head = request_head(method, target, fields);
  if (body && !head.has("content-length")) head.add("content-length", std::to_string(body->size()));
  TestStream stream(*router_, router_->open(head, body.has_value()));
  if (body) stream.send(*body).end();
  return stream.reply();
}

TestStream TestClient::open(std::string_view method, std::string_view target, const TestFields& fields) {
  TestStream stream(*router_, router_->open(request_head(method, target, fields), true));
  router_->run();
  return stream;
}

TestWebSocket TestClient::websocket(std::string_view target, const TestFields& fields) {
  Head head{{":method", "CONNECT"}, {":protocol", "websocket"}};
  for (const Field field : request_head("CONNECT", target, fields))
    if (field.name != ":method") head.add(field.name, field.value);
  const std::shared_ptr<TestExchange> exchange = router_->open(head, true);
  exchange->is_web_socket = true;
  router_->run();
  return {*router_, exchange};
}

void TestClient::run() { router_->run(); }
void TestClient::advance(std::chrono::milliseconds duration) { router_->advance(duration); }
void TestClient::drain() { router_->drain(); }

bool TestClient::is_drained() {
  router_->run();
  return router_->session().is_draining() && router_->session().is_drained();
}

std::size_t TestClient::in_hand() {
  router_->run();
  return router_->session().streams_in_use();
}

}  // namespace zeroway
