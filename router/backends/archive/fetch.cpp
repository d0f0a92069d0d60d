#include "router/backends/archive/fetch.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <utility>

#include "router/backends/archive/limits.h"
#include "router/backends/http_call.h"
#include "router/backends/net_origin_dialer.h"
#include "router/backends/origin_head.h"
#include "router/backends/origin_tls.h"
#include "router/net/file_text.h"
#include "router/net/loop.h"
#include "router/plan/file_digest.h"
#include "router/plan/server_of.h"

namespace zeroway {

namespace {

Error wrong(std::string detail) { return {Fault::router, Code::internal, false, std::move(detail)}; }

// The file beside its place, which is removed unless it became the file.
class NewFile {
 public:
  explicit NewFile(std::string place)
      : place_(std::move(place)),
        path_(place_ + ".new-" + std::to_string(::getpid())),
        file_(std::fopen(path_.c_str(), "wbxe")) {}
  ~NewFile() {
    if (file_ != nullptr) std::fclose(file_);
    if (is_made_) std::remove(path_.c_str());
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  [[nodiscard]] bool is_open() const { return is_made_; }
  [[nodiscard]] bool write(std::string_view bytes) {
    size_ += bytes.size();
    return std::fwrite(bytes.data(), 1, bytes.size(), file_) == bytes.size();
  }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  // Durable before it has its name: after a crash the place has all of it or nothing.
  [[nodiscard]] bool is_durable() { return std::fflush(file_) == 0 && ::fsync(::fileno(file_)) == 0; }
  [[nodiscard]] Result<std::string> hash() const {
    const auto content = read_file_text(path_, kMostArchive);
    if (!content) return content.error();
    return sha256_hex(*content);
  }
  [[nodiscard]] bool become_file() {
    if (std::rename(path_.c_str(), place_.c_str()) != 0) return false;
    is_made_ = false;
    return true;
  }

 private:
  std::string place_, path_;
  std::FILE* file_;
  bool is_made_ = file_ != nullptr;
  std::uint64_t size_ = 0;
};

// What one request met: where to go on, or that the file is there.
struct Met {
  std::optional<std::string> next;
  std::string error;  // "" = none
};

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// The part of a URL from its path on, without a fragment.
std::string target_of(const std::string& url) {
  const auto slash = url.find('/', url.find("://") + 3);
  const std::string target = slash == std::string::npos ? "/" : url.substr(slash);
  return target.substr(0, target.find('#'));
}

// `location` as the reply to a request for `url` has it (RFC 9110 §10.2.2); "" when it leads nowhere that we go.
std::string next_url(const std::string& url, const std::string& location) {
  const auto host_end = std::min(url.find('/', url.find("://") + 3), url.size());
  std::string next = location;
  if (location.starts_with("/") && !location.starts_with("//")) next = url.substr(0, host_end) + location;
  const bool is_web = next.starts_with("https://") || (next.starts_with("http://") && url.starts_with("http://"));
  return is_web ? next : "";
}

std::string without_query(const std::string& url) { return url.substr(0, url.find_first_of("?#")); }

Result<ServerSpec> server_at(const std::string& url, const std::string& ca_file) {
  MemberSettings said;
  auto target = read_member_url(without_query(url));
  if (!target) return wrong(target.error().detail);
  said.target = std::move(*target);
  said.ca_file = ca_file;
  return server_of(said);
}

// One request, with a loop of its own.
class Request {
 public:
  Request(std::string url, const FetchWish& wish, NewFile& file) : url_(std::move(url)), wish_(wish), file_(file) {}

  [[nodiscard]] Met run() {
    const auto server = server_at(url_, wish_.ca_file);
    if (!server) return {{}, server.error().detail};
    auto tls = load_origin_tls({*server});
    if (!tls) return {{}, tls.error().detail};
    const auto& rules = tls->front();
    const OriginWish wish{.server = *server, .tls = rules ? &*rules : nullptr, .only_http1 = true};
    HttpCall call(loop_, origins_, wish, question(*server, rules.has_value()), [this](Result<HttpAnswer> answer) {
      met_ = judge(answer);
      loop_.stop();
    });
    loop_.run();
    return met_;
  }

 private:
  [[nodiscard]] HttpQuestion question(const ServerSpec& server, bool is_tls) {
    return {.head = {{":method", "GET"},
                     {":scheme", is_tls ? "https" : "http"},
                     {":path", target_of(url_)},
                     {":authority", authority_of(server)},
                     {"user-agent", "zeroway"},
                     {"accept-encoding", "identity"}},
            .timeout = kFetchSilence,
            .most_body = kMostRedirectBody,
            .piece = [this](const Head& head, std::string_view bytes) { return take(head, bytes); }};
  }

  bool take(const Head& head, std::string_view bytes) {
    if (head.status() != 200) return false;
    if (problem_.empty() && file_.size() + bytes.size() > kMostArchive)
      problem_ = "has more than " + std::to_string(kMostArchive) + " bytes";
    if (problem_.empty() && !file_.write(bytes)) problem_ = std::string("cannot be written: ") + std::strerror(errno);
    if (problem_.empty()) return true;
    met_ = {{}, problem_};
    loop_.stop();
    return true;
  }

  [[nodiscard]] Met judge(const Result<HttpAnswer>& answer) const {
    if (!problem_.empty()) return {{}, problem_};
    if (!answer) return {{}, answer.error().detail};
    const int status = answer->head.status();
    if (status == 200) return {};
    if (!is_redirect(status)) return {{}, "answers with status " + std::to_string(status)};
    const std::string location(answer->head.find("location").value_or(""));
    std::string next = next_url(url_, location);
    if (next.empty()) return {{}, "leads to '" + location + "', which is not fetched"};
    return {std::move(next), ""};
  }

  const std::string url_;
  const FetchWish& wish_;
  NewFile& file_;
  std::string problem_;  // of the file
  Met met_{{}, "no answer"};
  Loop loop_{ManySends::Ring::never};
  ClientCodecSettings codecs_;
  Resolver resolver_{loop_};
  Dialer dialer_{loop_};
  NetOriginDialer origins_{loop_, resolver_, dialer_, codecs_};
};

Result<> check_hash(const FetchWish& wish, const NewFile& file) {
  const auto& hashes = wish.hashes;
  if (hashes.empty()) return {};
  const auto hash = file.hash();
  if (!hash) return hash.error();
  if (std::find(hashes.begin(), hashes.end(), *hash) != hashes.end()) return {};
  return wrong(wish.url + ": what came has SHA-256 " + *hash + ", which is none of its hashes");
}

// The file in its place, once all of it came.
Result<> keep(const FetchWish& wish, NewFile& file) {
  if (!file.is_durable()) return wrong(wish.file + ": " + std::strerror(errno));
  if (auto checked = check_hash(wish, file); !checked) return checked;
  return file.become_file() ? Result<>() : Result<>(wrong(wish.file + ": " + std::strerror(errno)));
}

}  // namespace

Result<> fetch(const FetchWish& wish) {
  NewFile file(wish.file);
  if (!file.is_open()) return wrong(wish.file + ": cannot be made: " + std::strerror(errno));
  std::string url = wish.url;
  for (int hop = 0; hop <= kMostRedirects; ++hop) {
    Met met = Request(url, wish, file).run();
    if (!met.error.empty()) return wrong(url + ": " + met.error);
    if (!met.next) return keep(wish, file);
    url = std::move(*met.next);
  }
  return wrong(wish.url + ": leads to more than " + std::to_string(kMostRedirects) + " further URLs");
}

}  // namespace zeroway
