#include "router/backends/page_backend.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "router/backends/files/conditions.h"

namespace zeroway {

namespace {

bool is_read(const Head& request) { return request.method() == "GET" || request.method() == "HEAD"; }

Head head_of(const Page& page, std::string_view status) {
  Head head{{":status", status}};
  if (!page.etag.empty()) head.add("etag", page.etag);
  if (!page.policy.empty()) head.add("content-security-policy", page.policy);
  if (!page.cache_control.empty()) head.add("cache-control", page.cache_control);
  if (page.any_origin) head.add("access-control-allow-origin", "*");
  if (page.varies) head.add("vary", "accept");
  return head;
}

Head refusal() { return Head{{":status", "405"}, {"allow", "GET, HEAD"}, {"content-length", "0"}}; }

}  // namespace

PageBackend::~PageBackend() { loop_.forget_turn_end(*this); }

BackendStream PageBackend::open(const BackendRequest& request, ReplyTo reply_to) {
  do {
    ++last_key_;
  } while (last_key_ == 0 || streams_.contains(last_key_));
  auto stream = answer(request.head);
  stream->reply_to = reply_to;
  streams_[last_key_] = std::move(stream);
  due_.push_back(last_key_);
  loop_.at_turn_end(*this);
  return {this, last_key_};
}

std::unique_ptr<PageBackend::Stream> PageBackend::answer(const Head& request) {
  auto stream = std::make_unique<Stream>();
  const Page& page = make_(request);
  if (page.status == 200 && !is_read(request)) {
    stream->head = refusal();
    return stream;
  }
  const bool is_known = page.status == 200 && judge_conditions(request, {.etag = page.etag, .last_modified = {}}) ==
                                                  ConditionVerdict::not_modified;
  stream->head = head_of(page, is_known ? "304" : std::to_string(page.status));
  if (is_known) return stream;
  stream->head.add("content-type", page.type);
  stream->head.add("content-length", std::to_string(page.content.size()));
  if (request.method() != "HEAD") stream->content = page.content;
  return stream;
}

// The body of such a request means nothing; its client must not wait for credit to send it.
void PageBackend::data(StreamKey key, Bytes bytes) {
  const auto found = streams_.find(key);
  if (found == streams_.end()) return;
  if (BackendEvents* to = found->second->reply_to.find()) to->credit(static_cast<std::uint32_t>(bytes.size()));
}

void PageBackend::credit(StreamKey key, std::uint32_t bytes) {
  const auto found = streams_.find(key);
  if (found == streams_.end() || !found->second->window.add(bytes)) return;
  due_.push_back(key);
  loop_.at_turn_end(*this);
}

void PageBackend::turn_end() {
  for (const StreamKey key : std::exchange(due_, {})) {
    const auto found = streams_.find(key);
    if (found == streams_.end()) continue;
    if (!found->second->head.is_empty()) begin(key);
    send(key);
  }
}

// Each verb may reset the stream: it is looked for again behind each.
void PageBackend::begin(StreamKey key) {
  Stream& stream = *streams_.find(key)->second;
  const ReplyTo reply_to = stream.reply_to;
  Head head = std::exchange(stream.head, {});
  const Last last = stream.content.empty() ? Last::yes : Last::no;
  if (BackendEvents* to = reply_to.find()) to->accepted({who_, {}});
  if (BackendEvents* to = reply_to.find()) to->head(head, last);
}

void PageBackend::send(StreamKey key) {
  const auto found = streams_.find(key);
  if (found == streams_.end()) return;
  Stream& stream = *found->second;
  const std::size_t left = stream.content.size() - stream.sent;
  const auto size = static_cast<std::uint32_t>(std::min<std::size_t>(left, stream.window.left()));
  const ReplyTo reply_to = stream.reply_to;
  if (size > 0) {
    static_cast<void>(stream.window.take(size));
    const std::string piece = stream.content.substr(stream.sent, size);
    stream.sent += size;
    if (BackendEvents* to = reply_to.find()) to->data(as_bytes(piece));
  }
  const auto still = streams_.find(key);
  if (still == streams_.end() || still->second->sent < still->second->content.size()) return;
  streams_.erase(still);
  Head no_trailers;
  if (BackendEvents* to = reply_to.find()) to->end(no_trailers);
}

}  // namespace zeroway
