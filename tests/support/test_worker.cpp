// A worker for tests that count requests: appends the X-Request-Id of each request to a file, then answers.
//
// test-worker NAME [--ids FILE] [--delay MS] [--realm REALM [--serializer json|cbor]] and the options of every worker.
// The line is "ID NAME METHOD". It is written before the answer, in one write with O_APPEND: several workers may share
// the file, and a killed worker loses no line. /echo sends the body back as it comes. /bytes/N sends N bytes: lines of
// 16 bytes, each with the number of its first byte in hex. WebSockets on every path echo each message after the delay;
// on /abort they send a megabyte and reset the stream at once. /ticks sends an event once an hour. With --realm it
// serves nothing but this realm of WAMP, in JSON unless --serializer says cbor, and shares it with other workers; "-"
// is the realm of all sessions that no other worker has. WELCOME has the worker's name as authid, all that follows is
// echoed.
#include <fcntl.h>
#include <unistd.h>
#include <zeroway/wamp.h>
#include <zeroway/worker.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace {

// Takes `option` and its value out of the command line; empty when the option is not there.
std::string take_option(std::vector<char*>& arguments, std::string_view option) {
  for (std::size_t at = 1; at + 1 < arguments.size(); ++at) {
    if (arguments[at] != option) continue;
    std::string value = arguments[at + 1];
    const auto first = arguments.begin() + static_cast<std::ptrdiff_t>(at);
    arguments.erase(first, first + 2);
    return value;
  }
  return {};
}

// Up to 64 KiB of lines, from the byte `begin` on, which is a multiple of 16.
std::string numbered_lines(std::uint64_t begin, std::uint64_t end) {
  std::string lines;
  std::array<char, 17> line;
  for (std::uint64_t at = begin; at < end && lines.size() < 65'536; at += 16) {
    std::snprintf(line.data(), line.size(), "%015llx", static_cast<unsigned long long>(at));
    line[15] = '\n';
    lines.append(line.data(), std::min<std::uint64_t>(16, end - at));
  }
  return lines;
}

// `authid` has less than 256 bytes.
std::string welcome(zeroway::WampSerializer serializer, const std::string& authid) {
  if (serializer == zeroway::WampSerializer::json)
    return R"([2,4711,{"roles":{"broker":{}},"authid":")" + authid + "\"}]";
  return "\x83\x02\x19\x12\x67\xa2\x65roles\xa1\x66"
         "broker\xa0\x66"
         "authid\x78" +
         std::string(1, static_cast<char>(authid.size())) + authid;
}

zeroway::Task<void> echo_session(zeroway::WampSession& session, std::string name) {
  if (!co_await session.receive()) co_return;
  session.post(welcome(session.serializer(), name));
  while (const auto message = co_await session.receive()) co_await session.send(message->bytes);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<char*> arguments(argv, argv + argc);
  const std::string ids = take_option(arguments, "--ids");
  const std::string delay = take_option(arguments, "--delay");
  const std::string realm = take_option(arguments, "--realm");
  const std::string serializer = take_option(arguments, "--serializer");
  if (!serializer.empty() && serializer != "json" && serializer != "cbor") {
    std::fprintf(stderr, "test-worker: --serializer %s: must be json or cbor\n", serializer.c_str());
    return 2;
  }
  const std::chrono::milliseconds pause(delay.empty() ? 0 : std::stoi(delay));
  const int file = ids.empty() ? -1 : open(ids.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (!ids.empty() && file < 0) {
    std::perror(ids.c_str());
    return 2;
  }
  zeroway::Worker worker(
      zeroway::WorkerOptions::from_command_line(static_cast<int>(arguments.size()), arguments.data()));
  if (!realm.empty()) {
    worker.realm({.name = realm == "-" ? "" : realm,
                  .serializers = {serializer == "cbor" ? zeroway::WampSerializer::cbor : zeroway::WampSerializer::json},
                  .shared = true},
                 [&](zeroway::WampSession& session) { return echo_session(session, worker.name()); });
    return worker.run();
  }
  const auto note = [&](const zeroway::AsyncRequest& request) {
    const std::string id(request.field("x-request-id").value_or("-"));
    const std::string line = id + " " + worker.name() + " " + std::string(request.method()) + "\n";
    if (file >= 0 && write(file, line.data(), line.size()) < 0) std::perror("ids");
    return id;
  };
  worker.handle_async("*", "/echo",
                      [&](zeroway::AsyncRequest& request, zeroway::AsyncReply& reply) -> zeroway::Task<void> {
                        note(request);
                        while (const auto piece = co_await request.read()) co_await reply.write(*piece);
                        reply.end();
                      });
  worker.handle_async("GET", "/bytes/{size}",
                      [&](zeroway::AsyncRequest& request, zeroway::AsyncReply& reply) -> zeroway::Task<void> {
                        note(request);
                        const std::string size = request.param("size");
                        reply.field("content-length", size);
                        const std::uint64_t end = std::stoull(size);
                        for (std::uint64_t at = 0; at < end;) {
                          const std::string lines = numbered_lines(at, end);
                          at += lines.size();
                          co_await reply.write(lines);
                        }
                        reply.end();
                      });
  worker.handle_async("*", "/*",
                      [&](zeroway::AsyncRequest& request, zeroway::AsyncReply& reply) -> zeroway::Task<void> {
                        const std::string id = note(request);
                        const std::string_view body = co_await request.body();
                        if (pause.count() > 0) co_await request.sleep(pause);
                        reply.field("content-type", "text/plain");
                        reply.send(id + " " + std::to_string(body.size()) + "\n");
                      });
  worker.handle_async("GET", "/ticks",
                      [](zeroway::AsyncRequest& request, zeroway::AsyncReply& reply) -> zeroway::Task<void> {
                        zeroway::EventStream events(request, reply);
                        while (co_await events.sleep_unless_draining(std::chrono::hours(1)))
                          co_await events.send({.data = "tick"});
                      });
  worker.websocket("/abort", [](zeroway::WebSocket& socket) -> zeroway::Task<void> {
    socket.accept();
    socket.post_binary(std::string(1 << 20, 'x'));
    socket.abort(4000, "enough");
    co_return;
  });
  worker.websocket("/*", [pause](zeroway::WebSocket& socket) -> zeroway::Task<void> {
    while (const auto message = co_await socket.receive()) {
      if (pause.count() > 0) co_await socket.sleep(pause);
      co_await socket.send(*message);
    }
  });
  return worker.run();
}
