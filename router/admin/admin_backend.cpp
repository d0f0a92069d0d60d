#include "router/admin/admin_backend.h"

#include <algorithm>
#include <utility>

#include "router/admin/limits.h"
#include "router/exchange/client_info.h"
#include "router/observe/escape.h"
#include "router/observe/events.h"
#include "router/observe/log.h"

namespace zeroway {

namespace {

constexpr std::string_view kWho = "admin";
constexpr std::string_view kBearer = "Bearer ";

std::string text_of(const Head& head, std::string_view name) { return std::string(head.find(name).value_or("")); }

// In one of the fields that no page of another origin can set without our consent.
std::string token_in(const Head& head) {
  const std::string authorization = text_of(head, "authorization");
  if (authorization.starts_with(kBearer)) return authorization.substr(kBearer.size());
  for (const char* name : {"x-api-key", "x-backendai-token"})
    if (std::string token = text_of(head, name); !token.empty()) return token;
  return {};
}

AdminRequest request_of(const BackendRequest& request) {
  const std::string_view target = request.head.path();
  const auto mark = target.find('?');
  return {.method = std::string(request.head.method()),
          .path = std::string(target.substr(0, mark)),
          .query = mark == std::string_view::npos ? "" : std::string(target.substr(mark + 1)),
          .host = std::string(request.head.authority()),
          .token = token_in(request.head),
          .content_type = text_of(request.head, "content-type"),
          .accept = text_of(request.head, "accept"),
          .last_event_id = text_of(request.head, "last-event-id"),
          .address = request.client.address,
          .has_certificate = request.client.has_certificate};
}

// Nothing that the management listener answers is for other origins, frames or caches.
Head head_of(const AdminReply& reply) {
  Head head{{":status", std::to_string(reply.status)},
            {"content-type", reply.type},
            {"cache-control", "no-store"},
            {"x-content-type-options", "nosniff"},
            {"content-security-policy", reply.policy},
            {"cross-origin-resource-policy", "same-origin"}};
  for (const auto& [name, value] : reply.fields) head.add(name, value);
  return head;
}

std::string shown(const AdminRequest& request) {
  std::string text;
  append_escaped(text, request.method + " " + request.path);
  return text + " by " + (request.address.empty() ? "a local process" : request.address);
}

void tell_change(const AdminRequest& request, const Change& change, const Result<std::size_t>& met) {
  const std::string how = met ? (*met > 0 ? "done" : "nobody has this name") : "failed: " + met.error().detail;
  const std::string line = shown(request) + ": " + how;
  // A scheduler may change a hundred circuits a second.
  if (change.kind == Change::Kind::circuits) return log::debug("management: " + line);
  log::info("management: " + line);
  tell_event(Event::Kind::change, request.path, line);
}

}  // namespace

AdminBackend::AdminBackend(Loop& loop, Desk& desk, const AdminSpec& spec)
    : loop_(loop), desk_(desk), gate_(spec), watchers_(loop, desk, event_book(), *this) {}

AdminBackend::~AdminBackend() { loop_.forget_turn_end(*this); }

// --- The exchange's verbs

BackendStream AdminBackend::open(const BackendRequest& request, ReplyTo reply_to) {
  do {
    ++last_key_;
  } while (last_key_ == 0 || streams_.contains(last_key_));
  const StreamKey key = last_key_;
  auto stream = std::make_unique<Stream>();
  stream->reply_to = reply_to;
  stream->request = request_of(request);
  stream->is_whole = request.last == Last::yes;
  streams_[key] = std::move(stream);
  due_.push_back(key);
  loop_.at_turn_end(*this);
  return {this, key};
}

// The route's max_body bounds it. A request that is refused already is answered, its body is not kept.
void AdminBackend::data(StreamKey key, Bytes bytes) {
  Stream* const stream = find(key);
  if (stream == nullptr) return;
  if (stream->stage <= Stage::admitted)
    stream->request.body.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (BackendEvents* to = stream->reply_to.find()) to->credit(static_cast<std::uint32_t>(bytes.size()));
}

// Behind a head that is the last of a request an end may follow, too.
void AdminBackend::end(StreamKey key, const Head&) {
  Stream* const stream = find(key);
  if (stream == nullptr || std::exchange(stream->is_whole, true)) return;
  due_.push_back(key);
  loop_.at_turn_end(*this);
}

void AdminBackend::reset(StreamKey key, ResetCode) {
  if (find(key) != nullptr) remove(key);
}

void AdminBackend::credit(StreamKey key, std::uint32_t bytes) {
  Stream* const stream = find(key);
  if (stream == nullptr || !stream->window.add(bytes)) return;
  if (stream->stage >= Stage::answered) send(key);
}

// --- Requests

void AdminBackend::turn_end() {
  for (const StreamKey key : std::exchange(due_, {})) serve(key);
  over_.clear();
}

// Once when the head is there, and, if that was not all, once when the request is whole.
void AdminBackend::serve(StreamKey key) {
  Stream* const stream = find(key);
  if (stream == nullptr) return;
  if (stream->stage == Stage::arrived) {
    stream->stage = Stage::admitted;
    if (BackendEvents* to = stream->reply_to.find()) to->accepted({kWho, {}});
    if (find(key) == nullptr) return;
    if (auto refused = refusal(stream->request)) return answer(key, std::move(*refused));
  }
  if (stream->stage != Stage::admitted || !stream->is_whole) return;
  stream->stage = Stage::acting;
  act(key, stream->request);
}

std::optional<AdminReply> AdminBackend::refusal(const AdminRequest& request) {
  if (streams_.size() > kMostAdminStreams) return admin_error(503, "too many requests are open here: try again");
  return gate_.refusal(request, loop_.now());
}

void AdminBackend::act(StreamKey key, const AdminRequest& request) {
  AdminStep step = step_of(request);
  if (auto* reply = std::get_if<AdminReply>(&step)) return answer(key, std::move(*reply));
  if (const auto* what = std::get_if<Ask>(&step)) return ask(key, *what);
  if (const auto* from = std::get_if<Watch>(&step)) return watch(key, *from);
  if (const auto* body = std::get_if<ReadAside>(&step)) return read_aside(key, *body);
  change(key, std::get<Change>(step));
}

void AdminBackend::read_aside(StreamKey key, const ReadAside& step) {
  const Stream* const stream = find(key);
  if (stream == nullptr) return;
  desk_.aside([this, key, step, request = stream->request, &loop = loop_, life = std::weak_ptr<bool>(life_)] {
    loop.post([this, key, life, read = step.read(request, step.name)] {
      if (life.expired() || find(key) == nullptr) return;
      if (const auto* reply = std::get_if<AdminReply>(&read)) return answer(key, *reply);
      change(key, std::get<Change>(read));
    });
  });
}

void AdminBackend::ask(StreamKey key, const Ask& what) {
  const auto told = [this, key, write = what.write, life = std::weak_ptr<bool>(life_)](const auto& census) {
    if (!life.expired()) write_reply(key, write, census);
  };
  desk_.take_census(loop_, what.question, told);
}

void AdminBackend::write_reply(StreamKey key, WriteReply write, const std::shared_ptr<const Census>& census) {
  const Stream* const stream = find(key);
  if (stream == nullptr) return;
  const auto written = [this, key, life = std::weak_ptr<bool>(life_)](AdminReply reply) {
    if (!life.expired()) answer(key, std::move(reply));
  };
  desk_.write([write, request = stream->request, census] { return write(request, *census); }, loop_, written);
}

void AdminBackend::change(StreamKey key, const Change& change) {
  desk_.change(change, loop_, [this, key, change, life = std::weak_ptr<bool>(life_)](const auto& met) {
    if (life.expired()) return;
    const Stream* const stream = find(key);
    if (stream == nullptr) return;
    tell_change(stream->request, change, met);
    answer(key, changed(change, met));
  });
}

// --- Events

void AdminBackend::watch(StreamKey key, const Watch& from) {
  Stream* const stream = find(key);
  if (watching() >= kMostEventReaders)
    return answer(key, admin_error(503, "too many readers of events are here: try again later"));
  stream->stage = Stage::watching;
  const bool is_bare = stream->request.method == "HEAD";
  Head head = head_of({.type = "text/event-stream"});
  if (BackendEvents* to = stream->reply_to.find()) to->head(head, is_bare ? Last::yes : Last::no);
  if (is_bare) return finish(key);
  watchers_.add(key, from.after);
}

std::size_t AdminBackend::watching() const {
  return static_cast<std::size_t>(std::count_if(
      streams_.begin(), streams_.end(), [](const auto& entry) { return entry.second->stage == Stage::watching; }));
}

bool AdminBackend::push(StreamKey key, std::string_view text) {
  Stream* const stream = find(key);
  if (stream == nullptr) return false;
  stream->reply.assign(text);  // all before it is sent
  stream->sent = 0;
  send(key);
  return find(key) != nullptr;
}

bool AdminBackend::is_through(StreamKey key) {
  const Stream* const stream = find(key);
  return stream == nullptr || stream->sent == stream->reply.size();
}

// A reset, so that the reader does not take what it has for the whole reply.
void AdminBackend::drop(StreamKey key) {
  Stream* const stream = find(key);
  if (stream == nullptr) return;
  const ReplyTo reply_to = stream->reply_to;
  remove(key);
  if (BackendEvents* to = reply_to.find())
    to->reset({Fault::backend, Code::backend_timeout, false, "a reader of events took nothing for too long"});
}

// --- Replies

void AdminBackend::answer(StreamKey key, AdminReply reply) {
  Stream* const stream = find(key);
  if (stream == nullptr) return;
  Head head = head_of(reply);
  head.add("content-length", std::to_string(reply.body.size()));
  const bool is_bare = stream->request.method == "HEAD" || reply.body.empty();
  stream->stage = Stage::answered;
  if (!is_bare) stream->reply = std::move(reply.body);
  if (BackendEvents* to = stream->reply_to.find()) to->head(head, is_bare ? Last::yes : Last::no);
  if (is_bare) return finish(key);
  send(key);
}

// Each verb may end the stream.
void AdminBackend::send(StreamKey key) {
  while (Stream* const stream = find(key)) {
    if (stream->sent == stream->reply.size() && stream->stage == Stage::watching) return;
    if (stream->sent == stream->reply.size()) return finish(key);
    const std::size_t size = std::min<std::size_t>(stream->reply.size() - stream->sent, stream->window.left());
    if (size == 0) return;
    static_cast<void>(stream->window.take(static_cast<std::uint32_t>(size)));
    const std::string_view piece = std::string_view(stream->reply).substr(stream->sent, size);
    stream->sent += size;
    BackendEvents* const to = stream->reply_to.find();
    if (to == nullptr) return remove(key);
    to->data(as_bytes(piece));
  }
}

void AdminBackend::finish(StreamKey key) {
  Stream* const stream = find(key);
  if (stream == nullptr) return;
  const ReplyTo reply_to = stream->reply_to;
  remove(key);
  Head no_trailers;
  if (BackendEvents* to = reply_to.find()) to->end(no_trailers);
}

AdminBackend::Stream* AdminBackend::find(StreamKey key) {
  const auto found = streams_.find(key);
  return found == streams_.end() ? nullptr : found->second.get();
}

void AdminBackend::remove(StreamKey key) {
  const auto found = streams_.find(key);
  over_.push_back(std::move(found->second));
  streams_.erase(found);
  loop_.at_turn_end(*this);
}

}  // namespace zeroway
