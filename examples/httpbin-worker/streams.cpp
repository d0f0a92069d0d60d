#include "streams.h"

#include <algorithm>
#include <chrono>
#include <random>

#include "request_json.h"
#include "sha256.h"

using namespace std::chrono_literals;
using zeroway::AsyncReply;
using zeroway::AsyncRequest;
using zeroway::Task;
using Seconds = std::chrono::duration<double>;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::uint64_t kMaxBytes = std::uint64_t{1} << 40;  // a stream costs no memory: a sanity limit
constexpr std::uint64_t kMaxLines = 1'000'000;
constexpr double kMaxSeconds = 3'600;
constexpr std::size_t kPiece = 65'536;

std::chrono::milliseconds to_milliseconds(double seconds) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Seconds(seconds));
}

// Random bytes. The same seed gives the same bytes, in whatever pieces they are read.
class RandomBytes {
 public:
  explicit RandomBytes(const Pairs& query)
      : engine_(find(query, "seed") ? whole_or(query, "seed", 0, 0, ~std::uint64_t{0}) : std::random_device{}()) {}

  // The next `size` bytes; good until the next call.
  std::string_view next(std::size_t size) {
    rest_.erase(0, given_);
    while (rest_.size() < size) {
      const std::uint64_t word = engine_();
      for (int byte = 0; byte < 8; ++byte) rest_.push_back(static_cast<char>(word >> (8 * byte)));
    }
    given_ = size;
    return std::string_view(rest_).substr(0, size);
  }

 private:
  std::mt19937_64 engine_;
  std::string rest_;
  std::size_t given_ = 0;
};

Task<void> write_bytes(AsyncReply& reply, RandomBytes& bytes, std::uint64_t left, std::size_t piece_size) {
  while (left > 0) {
    const std::string_view piece = bytes.next(std::min<std::uint64_t>(left, piece_size));
    left -= piece.size();
    co_await reply.write(piece);
  }
  reply.end();
}

Task<void> answer_bytes(AsyncRequest& request, AsyncReply& reply) {
  const Pairs query = request.query_pairs();
  const std::uint64_t size = read_whole("the number of bytes", request.param("size"), 0, kMaxBytes);
  RandomBytes bytes(query);
  reply.field("content-type", "application/octet-stream").field("content-length", std::to_string(size));
  co_await write_bytes(reply, bytes, size, kPiece);
}

Task<void> answer_stream_bytes(AsyncRequest& request, AsyncReply& reply) {
  const Pairs query = request.query_pairs();
  const std::uint64_t size = read_whole("the number of bytes", request.param("size"), 0, kMaxBytes);
  const std::uint64_t piece = whole_or(query, "chunk_size", 10'240, 1, kPiece);
  RandomBytes bytes(query);
  reply.field("content-type", "application/octet-stream");
  co_await write_bytes(reply, bytes, size, piece);
}

Task<void> answer_stream(AsyncRequest& request, AsyncReply& reply) {
  const std::uint64_t count = read_whole("the number of lines", request.param("count"), 0, kMaxLines);
  Json json = describe(request);
  reply.field("content-type", "application/json");
  std::string line;
  for (std::uint64_t id = 0; id < count; ++id) {
    json["id"] = id;
    line = write_json_line(json);
    co_await reply.write(line);
  }
  reply.end();
}

Task<void> answer_delay(AsyncRequest& request, AsyncReply& reply) {
  const double seconds = read_decimal("the delay", request.param("seconds"), 0, kMaxSeconds);
  Json json;
  if (is_form(request)) {
    const zeroway::Form form = co_await request.form();
    json = describe(request, form);
  } else {
    const std::string_view body = co_await request.body();
    json = describe(request, body);
  }
  co_await request.sleep(to_milliseconds(seconds));
  send_json(reply, json);
}

Task<void> answer_drip(AsyncRequest& request, AsyncReply& reply) {
  const Pairs query = request.query_pairs();
  const std::uint64_t count = whole_or(query, "numbytes", 10, 1, 10 << 20);
  const double duration = decimal_or(query, "duration", 2, 0, kMaxSeconds);
  const double delay = decimal_or(query, "delay", 0, 0, kMaxSeconds);
  const std::uint64_t code = whole_or(query, "code", 200, 200, 599);
  co_await request.sleep(to_milliseconds(delay));
  reply.status(static_cast<int>(code)).field("content-type", "application/octet-stream");
  reply.field("content-length", std::to_string(count));
  const auto pause = to_milliseconds(duration / static_cast<double>(count));
  for (std::uint64_t sent = 0; sent < count; ++sent) {
    co_await reply.write("*");
    if (sent + 1 < count) co_await request.sleep(pause);
  }
  reply.end();
}

// A browser reconnects whenever the stream ends, and names the last event that it got. After the last event the answer
// is 204: then the browser does not reconnect (HTML standard §9.2.3).
std::uint64_t first_event(const AsyncRequest& request) {
  const auto last = request.field("last-event-id");
  return last ? read_whole("Last-Event-ID", *last, 0, kMaxLines) + 1 : 0;
}

Task<void> answer_events(AsyncRequest& request, AsyncReply& reply) {
  const Pairs query = request.query_pairs();
  const std::uint64_t count = whole_or(query, "count", 10, 0, kMaxLines);
  const std::chrono::milliseconds interval(whole_or(query, "interval", 1'000, 0, 3'600'000));
  const std::chrono::milliseconds retry(whole_or(query, "retry", 0, 0, 3'600'000));
  std::uint64_t id = first_event(request);
  if (id >= count) {
    reply.status(204).end();
    co_return;
  }
  zeroway::EventStream events(request, reply);
  for (const std::uint64_t first = id; id < count; ++id) {
    if (id > first) co_await events.sleep(interval);
    const std::string number = std::to_string(id), text = "event " + number;
    zeroway::ServerEvent event{.data = text, .id = number};
    if (id == first && retry > 0ms) event.retry = retry;
    co_await events.send(event);
  }
  reply.end();
}

// Sends the body back as it comes: the first piece goes out before the client has sent the last.
Task<void> answer_echo(AsyncRequest& request, AsyncReply& reply) {
  reply.field("content-type", request.field("content-type").value_or("application/octet-stream"));
  while (const auto piece = co_await request.read()) co_await reply.write(*piece);
  reply.end();
}

// With ?rate= (bytes per second) the handler reads slowly, and by that slows the client down.
Task<void> answer_upload(AsyncRequest& request, AsyncReply& reply) {
  const std::uint64_t rate = whole_or(request.query_pairs(), "rate", 0, 0, kMaxBytes);
  const Clock::time_point start = Clock::now();
  Sha256 digest;
  std::uint64_t count = 0;
  while (const auto piece = co_await request.read()) {
    digest.add(*piece);
    count += piece->size();
    if (rate == 0) continue;
    const Seconds ahead = Seconds(static_cast<double>(count) / static_cast<double>(rate)) - (Clock::now() - start);
    if (ahead > 1ms) co_await request.sleep(std::chrono::duration_cast<std::chrono::milliseconds>(ahead));
  }
  send_json(reply, {{"bytes", count}, {"sha256", digest.hex()}});
}

Task<void> answer_trailers(AsyncRequest& request, AsyncReply& reply) {
  while (co_await request.read()) {
  }
  Json trailers = Json::object();
  for (const zeroway::FieldView field : request.trailers()) trailers[std::string(field.name)] = field.value;
  const std::string body = write_json({{"trailers", trailers}});
  Sha256 digest;
  digest.add(body);
  const std::string sum = digest.hex();
  reply.field("content-type", "application/json").field("trailer", "x-trailer, x-sha256");
  co_await reply.write(body);
  reply.end({{"x-trailer", "the end"}, {"x-sha256", sum}});
}

Task<void> answer_early_hints(AsyncRequest& request, AsyncReply& reply) {
  reply.inform(103,
               {{"link", "</style.css>; rel=preload; as=style"}, {"link", "</script.js>; rel=preload; as=script"}});
  co_await request.sleep(to_milliseconds(decimal_or(request.query_pairs(), "delay", 0.1, 0, kMaxSeconds)));
  reply.field("content-type", "text/html");
  reply.send("<!doctype html><link rel=stylesheet href=/style.css><script src=/script.js></script>\n");
}

Task<void> answer_abort(AsyncRequest& request, AsyncReply& reply) {
  reply.field("content-type", "text/plain");
  co_await reply.write("this is all that you will\n");
  co_await request.sleep(100ms);  // so that the piece reaches the client first
  reply.abort();
}

}  // namespace

void register_streams(zeroway::Worker& worker) {
  worker.handle_async("GET", "/bytes/{size}", answer_bytes);
  worker.handle_async("GET", "/stream-bytes/{size}", answer_stream_bytes);
  worker.handle_async("GET", "/stream/{count}", answer_stream);
  worker.handle_async("*", "/delay/{seconds}", answer_delay);
  worker.handle_async("GET", "/drip", answer_drip);
  worker.handle_async("GET", "/sse", answer_events);
  worker.handle_async("*", "/echo", answer_echo);
  worker.handle_async("*", "/upload", answer_upload);
  worker.handle_async("*", "/trailers", answer_trailers);
  worker.handle_async("GET", "/early-hints", answer_early_hints);
  worker.handle_async("GET", "/abort", answer_abort);
}
