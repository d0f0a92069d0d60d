// An HTTP/2 codec with a session that answers: every complete request with 200 and its body, unless a test says else.
//
// Owner: a test.   Thread: the test's.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "router/http/h2_codec.h"
#include "tests/http/h2_client.h"

namespace zeroway::test::h2 {

class Bench : public CodecEvents {
 public:
  explicit Bench(HttpLimits with_limits = {}) : limits(with_limits), codec(limits, "http") {}

  // Bytes from the client; what the codec says to them is read at once.
  void hear(std::string_view bytes) {
    static_cast<void>(codec.read(as_bytes(bytes), *this));
    flush();
  }
  void start(std::string_view client_settings = settings()) {
    hear(kMagic + std::string(client_settings) + frame(kSettings, kAck, 0, ""));
  }
  void flush(std::size_t room = 1 << 20) {
    codec.flush(room, *this);
    client.read(codec.output());
    codec.output().clear();
  }

  RequestTerms head(CodecStream stream, Head& head, Last last, Kind kind) override {
    std::string line = "head " + std::to_string(stream);
    for (const Field field : head) line.append(" ").append(field.name).append("=").append(field.value);
    tell(line + (last == Last::yes ? " last" : ""));
    kinds[stream] = kind;
    on_head(stream);
    return request_terms(limits, web_sockets);
  }
  void data(CodecStream stream, Bytes bytes) override {
    bodies[stream].append(as_text(bytes));
    if (credits) codec.credit(stream, static_cast<std::uint32_t>(bytes.size()));
  }
  void piece(CodecStream stream, Bytes bytes, MessageKind, Last last) override {
    tell("message " + std::to_string(stream) + " " + std::string(as_text(bytes)) + (last == Last::yes ? " last" : ""));
  }
  void end(CodecStream stream, Head& trailers) override {
    std::string line = "end " + std::to_string(stream);
    if (!bodies[stream].empty()) {
      const std::string& body = bodies[stream];
      line += body.size() > 40 ? " " + std::to_string(body.size()) : " \"" + body + "\"";
    }
    for (const Field field : trailers) line.append(" ").append(field.name).append("=").append(field.value);
    tell(line);
    on_end(stream);
  }
  void reset(CodecStream stream, const Error& error) override {
    tell("reset " + std::to_string(stream) + " " + std::to_string(static_cast<int>(error.code)));
    details += error.detail + "\n";
    last_code = error.code;
    if (told.find("head " + std::to_string(stream) + " ") == std::string::npos) {
      last_refused = std::string(codec.refused().method) + " " + std::string(codec.refused().path);
    }
    if (error.code != Code::cancelled) answer(stream, "400");
  }
  void drained(CodecStream stream, std::size_t bytes) override { drained_bytes[stream] += bytes; }
  void broken(const Error& error, Breach how) override {
    tell("broken");
    breach = how;
    ++breaks;
    details += error.detail + "\n";
  }

  void answer(CodecStream stream, std::string_view status = "200", std::string_view body = "") {
    Head reply{{":status", status}};
    Head none;
    codec.head(stream, reply, body.empty() ? Last::yes : Last::no);
    if (!body.empty()) codec.data(stream, as_bytes(body));
    codec.end(stream, none);
  }

  void tell(const std::string& line) { told += (told.empty() ? "" : " · ") + line; }

  HttpLimits limits;
  WebSocketSettings web_sockets;
  H2Codec codec;
  Reader client;
  std::string told;
  std::string details;
  Code last_code = Code::internal;
  std::string last_refused;  // method and path
  int breaks = 0;
  std::optional<Breach> breach;
  bool credits = true;
  std::map<CodecStream, std::string> bodies;
  std::map<CodecStream, Kind> kinds;
  std::map<CodecStream, std::size_t> drained_bytes;
  std::function<void(CodecStream)> on_head = [](CodecStream) {};
  std::function<void(CodecStream)> on_end = [this](CodecStream stream) { answer(stream); };
};

// A session in which the test answers by itself.
struct Silent : Bench {
  explicit Silent(HttpLimits with_limits = {}, std::string_view client_settings = settings()) : Bench(with_limits) {
    on_end = [](CodecStream) {};
    start(client_settings);
    client.take();
  }
  void say_head(CodecStream stream, std::initializer_list<Field> fields = {{":status", "200"}}, Last last = Last::no) {
    Head head(fields);
    const bool accepts = head.status() == 200 && kinds[stream] == Kind::web_socket;
    if (accepts) return codec.accept_web_socket(stream, head, web_sockets);
    codec.head(stream, head, last);
  }
  void say_data(CodecStream stream, std::string_view bytes) { codec.data(stream, as_bytes(bytes)); }
  void say_end(CodecStream stream, std::initializer_list<Field> trailers = {}) {
    Head head(trailers);
    codec.end(stream, head);
  }
  std::string heard() {
    flush();
    return client.take();
  }
};

}  // namespace zeroway::test::h2
