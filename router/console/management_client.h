// Asks a router's management listener, over TCP, TLS or a unix socket.
//
// Owner: a command.   Thread: the loop that it was made with, which outlives it.
// Each question has a connection of its own: a command asks little, and a router that was restarted answers the next
// question.
// Not here: what an answer means (console/judge.h), when to ask.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "router/backends/http_call.h"
#include "router/backends/net_origin_dialer.h"
#include "router/backends/origin_tls.h"
#include "router/console/judge.h"
#include "router/settings/command_words.h"

namespace zeroway::console {

class ManagementClient {
 public:
  using Done = std::function<void(Result<Told> told)>;
  using Piece = std::function<void(std::string_view bytes)>;

  // Fails when the file of authorities cannot be read.
  [[nodiscard]] static Result<std::unique_ptr<ManagementClient>> make(Loop& loop, const CommandWords& words);

  // Calls `done` once, never before this returns; not at all when the client is destroyed first.
  void ask(const Question& question, Done done);
  // The same for an answer without an end: `piece` gets the body of a 200 as it comes, and `done` what follows it. The
  // time limit is that between two pieces. The client is not destroyed in `piece`.
  void follow(const Question& question, Piece piece, Done done);

  [[nodiscard]] const std::string& where() const { return where_; }
  [[nodiscard]] bool has_token() const { return !token_.empty(); }
  void set_token(std::string token) { token_ = std::move(token); }  // for questions from now on

 private:
  ManagementClient(Loop& loop, const CommandWords& words, std::optional<OriginTls> tls);
  [[nodiscard]] Head head_of(const Question& question) const;
  void start(const Question& question, HttpQuestion::Piece piece, Done done);

  Loop& loop_;
  std::string where_, token_;
  std::chrono::milliseconds timeout_;
  ServerSpec server_;
  std::optional<OriginTls> tls_;
  ClientCodecSettings codecs_;
  Resolver resolver_;
  Dialer dialer_;
  NetOriginDialer origins_;
  std::uint64_t last_call_ = 0;
  std::map<std::uint64_t, std::unique_ptr<HttpCall>> calls_;
};

// The token in the operator's file, without the white space around it. The error names the file.
[[nodiscard]] Result<std::string> read_token(const std::string& file);
// A name as a part of a path (RFC 3986 §3.3).
[[nodiscard]] std::string encoded(std::string_view name);

}  // namespace zeroway::console
