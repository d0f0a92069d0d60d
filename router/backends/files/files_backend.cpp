#include "router/backends/files/files_backend.h"

#include <algorithm>

#include "router/backends/files/limits.h"

namespace zeroway {

namespace {

constexpr std::string_view kWho = "files";

}  // namespace

FilesBackend::FilesBackend(Loop& loop, const WallClock& clock, const MimeTypes& types, FilesSpec spec)
    : loop_(loop), spec_(std::move(spec)), answers_(spec_, types, clock) {}

FilesBackend::~FilesBackend() { loop_.forget_turn_end(*this); }

// --- The exchange's verbs -----------------------------------------------------------------------------------------

BackendStream FilesBackend::open(const BackendRequest& request, ReplyTo reply_to) {
  const StreamKey key = next_key();
  std::unique_ptr<Stream>& stream = streams_[key];
  if (spare_.empty()) {
    stream = std::make_unique<Stream>();
  } else {
    stream = std::move(spare_.back());
    spare_.pop_back();
  }
  stream->reply_to = reply_to;
  stream->request = request.head;
  make_ready(key, *stream);
  return {this, key};
}

// A request for a file means nothing by its content; its client must not wait for credit to send it.
void FilesBackend::data(StreamKey stream, Bytes bytes) {
  const Stream* found = find(stream);
  BackendEvents* to = found == nullptr ? nullptr : found->reply_to.find();
  if (to != nullptr) to->credit(static_cast<std::uint32_t>(bytes.size()));
}

void FilesBackend::reset(StreamKey stream, ResetCode) {
  if (find(stream) != nullptr) remove(stream);
}

void FilesBackend::credit(StreamKey stream, std::uint32_t bytes) {
  Stream* found = find(stream);
  if (found == nullptr) return;
  if (!found->window.add(bytes)) return fail(stream, {Fault::router, Code::internal, false, "credit over 2^31-1"});
  make_ready(stream, *found);
}

std::vector<MemberFacts> FilesBackend::members() const {
  return {{.kind = MemberFacts::Kind::folder,
           .name = "files",
           .instance = "",
           .pool = "",
           .address = spec_.root,
           .state = "up",
           .open = static_cast<std::uint32_t>(streams_.size()),
           .text = answers_.describe() + ", " + std::to_string(streams_.size()) + " replies open"}};
}

// --- Turns --------------------------------------------------------------------------------------------------------

void FilesBackend::make_ready(StreamKey key, Stream& stream) {
  if (stream.is_ready) return;
  stream.is_ready = true;
  ready_.push_back(key);
  loop_.at_turn_end(*this);
}

void FilesBackend::turn_end() {
  serve_ready();
  recycle();
}

// A turn ends several times: the bytes that a client took at its end are credit, and credit makes a stream ready. So a
// fast client would keep the loop to itself if each end had a share of its own.
void FilesBackend::serve_ready() {
  if (const Time turn = loop_.now(); turn != turn_) {
    turn_ = turn;
    left_ = kTurnBytes;
  }
  while (!ready_.empty() && left_ > 0) {
    const StreamKey key = ready_.front();
    ready_.pop_front();
    left_ -= std::min(left_, serve(key));
  }
  if (!ready_.empty()) go_on_next_turn();
}

// To ask for the end of a turn inside the end of a turn means this turn; sockets must be read and written in between.
void FilesBackend::go_on_next_turn() {
  if (std::exchange(is_posted_, true)) return;
  loop_.post([this, life = std::weak_ptr<bool>(life_)] {
    if (life.expired()) return;
    is_posted_ = false;
    loop_.at_turn_end(*this);
  });
}

std::size_t FilesBackend::serve(StreamKey key) {
  Stream* stream = find(key);
  if (stream == nullptr) return 0;
  stream->is_ready = false;
  return stream->is_answered ? send(key) : answer(key, *stream);
}

// Each verb may end the exchange, open another stream here, or reset this one: it is looked for again behind each.
std::size_t FilesBackend::answer(StreamKey key, Stream& stream) {
  stream.is_answered = true;
  const auto answer = answers_.answer(stream.request, stream.content);
  if (!answer) {
    fail(key, answer.error());
    return kRequestCost;
  }
  const ReplyTo reply_to = stream.reply_to;
  const bool is_bare = stream.content.is_all_read();
  if (BackendEvents* to = reply_to.find()) to->accepted({kWho, {}});
  if (BackendEvents* to = reply_to.find()) to->head(*answer->head, is_bare ? Last::yes : Last::no);
  return answer->cost + send(key);
}

std::size_t FilesBackend::send(StreamKey key) {
  std::size_t sent = 0;
  while (Stream* stream = find(key)) {
    if (stream->content.is_all_read()) {
      finish(key);
    } else if (stream->window.left() == 0) {
      return sent;
    } else if (sent >= kReadSize) {
      make_ready(key, *stream);  // behind the other streams
      return sent;
    } else {
      send_piece(key, *stream, sent);
    }
  }
  return sent;
}

void FilesBackend::send_piece(StreamKey key, Stream& stream, std::size_t& sent) {
  const std::size_t most = std::min<std::size_t>(stream.window.left(), kReadSize);
  const auto bytes = stream.content.next(buffer_, most);
  if (!bytes) return fail(key, bytes.error());
  static_cast<void>(stream.window.take(static_cast<std::uint32_t>(bytes->size())));
  sent += bytes->size();
  if (BackendEvents* to = stream.reply_to.find()) return to->data(*bytes);
  remove(key);
}

void FilesBackend::finish(StreamKey key) {
  const ReplyTo reply_to = find(key)->reply_to;
  remove(key);
  Head no_trailers;
  if (BackendEvents* to = reply_to.find()) to->end(no_trailers);
}

void FilesBackend::fail(StreamKey key, const Error& error) {
  const ReplyTo reply_to = find(key)->reply_to;
  remove(key);
  if (BackendEvents* to = reply_to.find()) to->reset(error);
}

// --- Streams ------------------------------------------------------------------------------------------------------

FilesBackend::Stream* FilesBackend::find(StreamKey key) {
  const auto found = streams_.find(key);
  return found == streams_.end() ? nullptr : found->second.get();
}

StreamKey FilesBackend::next_key() {
  do {
    ++last_key_;
  } while (last_key_ == 0 || streams_.contains(last_key_));
  return last_key_;
}

void FilesBackend::remove(StreamKey key) {
  const auto found = streams_.find(key);
  over_.push_back(std::move(found->second));
  streams_.erase(found);
  loop_.at_turn_end(*this);
}

void FilesBackend::recycle() {
  for (std::unique_ptr<Stream>& stream : over_) {
    if (spare_.size() >= kWarmStreams) break;
    stream->content.clear();
    stream->request.clear();
    stream->is_answered = stream->is_ready = false;
    stream->window = SendWindow(kFirstReplyWindow);
    spare_.push_back(std::move(stream));
  }
  over_.clear();
}

}  // namespace zeroway
