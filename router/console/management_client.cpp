#include "router/console/management_client.h"

#include <utility>

#include "proto/escapes.h"
#include "router/backends/origin_head.h"
#include "router/console/limits.h"
#include "router/net/file_text.h"
#include "router/plan/server_of.h"

namespace zeroway::console {

namespace {

ServerSpec server_at(const CommandWords& words) {
  MemberSettings said;
  said.target = words.target;
  said.ca_file = words.ca_file;
  return server_of(said);
}

}  // namespace

Result<std::unique_ptr<ManagementClient>> ManagementClient::make(Loop& loop, const CommandWords& words) {
  auto tls = load_origin_tls({server_at(words)});
  if (!tls) return tls.error();
  return std::unique_ptr<ManagementClient>(new ManagementClient(loop, words, std::move(tls->front())));
}

ManagementClient::ManagementClient(Loop& loop, const CommandWords& words, std::optional<OriginTls> tls)
    : loop_(loop),
      where_(words.where),
      timeout_(words.timeout),
      server_(server_at(words)),
      tls_(std::move(tls)),
      resolver_(loop),
      dialer_(loop),
      origins_(loop, resolver_, dialer_, codecs_) {}

void ManagementClient::ask(const Question& question, Done done) { start(question, nullptr, std::move(done)); }

void ManagementClient::follow(const Question& question, Piece piece, Done done) {
  start(
      question,
      [piece = std::move(piece)](const Head& head, std::string_view bytes) {
        if (head.status() == 200) piece(bytes);
        return head.status() == 200;
      },
      std::move(done));
}

void ManagementClient::start(const Question& question, HttpQuestion::Piece piece, Done done) {
  const OriginWish wish{.server = server_, .tls = tls_ ? &*tls_ : nullptr, .only_http1 = true};
  HttpQuestion asked{.head = head_of(question),
                     .body = question.body,
                     .timeout = timeout_,
                     .most_body = kMostAnswer,
                     .piece = std::move(piece)};
  const std::uint64_t key = ++last_call_;
  calls_[key] = std::make_unique<HttpCall>(loop_, origins_, wish, std::move(asked),
                                           [this, key, done = std::move(done)](const Result<HttpAnswer>& answer) {
                                             calls_.erase(key);  // it may be destroyed in this call
                                             if (!answer) return done(answer.error());
                                             done(Told{answer->head.status(), answer->body});
                                           });
}

Head ManagementClient::head_of(const Question& question) const {
  Head head{{":method", question.method},
            {":scheme", tls_ ? "https" : "http"},
            {":path", question.path},
            {":authority", authority_of(server_)},
            {"user-agent", "zeroway-console"}};
  if (!question.body.empty()) head.add("content-type", "application/json");
  if (!token_.empty()) head.add("authorization", "Bearer " + token_);
  return head;
}

Result<std::string> read_token(const std::string& file) {
  auto content = read_file_text(file, kMostToken);
  if (!content) return content.error();
  constexpr const char* kSpace = " \t\r\n";
  const std::size_t begin = content->find_first_not_of(kSpace);
  if (begin == std::string::npos) return file_error(file, "it is empty, and should hold the token");
  std::string token = content->substr(begin, content->find_last_not_of(kSpace) - begin + 1);
  for (const char c : token)
    if (c <= ' ' || c == 0x7f) return file_error(file, "wants one word, the token");
  return token;
}

std::string encoded(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          std::string_view("-._~:").find(c) != std::string_view::npos;
    if (is_plain) {
      out.push_back(c);
    } else {
      append_escape(out, c);
    }
  }
  return out;
}

}  // namespace zeroway::console
