#include "router/observe/request_book.h"

#include <algorithm>
#include <utility>

#include "router/observe/escape.h"
#include "router/observe/limits.h"
#include "router/observe/time_text.h"

namespace zeroway {

namespace {

bool is_slower(const KeptRequest& one, const KeptRequest& other) { return one.total_time > other.total_time; }
bool is_newer(const KeptRequest& one, const KeptRequest& other) { return one.ended > other.ended; }

void append(std::string& out, const LostAttempt& attempt) {
  out += "{\"worker\":";
  append_json_string(out, attempt.member);
  out += ",\"queue_ms\":" + millis_text(attempt.queue_time) + ",\"backend_ms\":" + millis_text(attempt.backend_time);
  out += ",\"reason\":";
  append_json_string(out, attempt.reason);
  out += '}';
}

template <class Before>
std::vector<KeptRequest> first_of(std::vector<KeptRequest> requests, std::size_t most, Before before) {
  std::stable_sort(requests.begin(), requests.end(), before);
  if (requests.size() > most) requests.resize(most);
  return requests;
}

}  // namespace

bool RequestBook::wants(bool has_failed, bool is_timed, std::chrono::microseconds total, Time now) {
  next_period(now);
  return has_failed || (is_timed && is_slow(total));
}

void RequestBook::next_period(Time now) {
  if (now - period_began_ < kSlowPeriod) return;
  const bool is_long_ago = now - period_began_ >= 2 * kSlowPeriod;
  std::swap(slowest_[0], slowest_[1]);
  slowest_[0].clear();
  if (is_long_ago) slowest_[1].clear();
  period_began_ = now;
}

bool RequestBook::is_slow(std::chrono::microseconds total) const {
  const Slowest& now = slowest_[0];
  return now.size() < kMostSlow || total > now.front().total_time;
}

void RequestBook::note(const Note& note, bool has_failed, bool is_timed) {
  KeptRequest request = kept(note);
  if (is_timed && is_slow(request.total_time)) {
    Slowest& slowest = slowest_[0];
    if (slowest.size() == kMostSlow) {
      std::pop_heap(slowest.begin(), slowest.end(), is_slower);
      slowest.pop_back();
    }
    slowest.push_back(request);
    std::push_heap(slowest.begin(), slowest.end(), is_slower);
  }
  if (!has_failed) return;
  if (failed_.size() < kMostFailed) return failed_.push_back(std::move(request));
  failed_[oldest_] = std::move(request);
  oldest_ = (oldest_ + 1) % kMostFailed;
}

KeptRequest RequestBook::kept(const Note& note) {
  static const LogFormat kJson = LogFormat::json();
  KeptRequest request{note.record.ended, note.record.total_time, {}};
  std::string& out = request.json;
  writer_.write(note.record, kJson, out);
  out.resize(out.size() - 2);  // "}\n": more comes
  out += ",\"ended_by\":";
  append_json_string(out, note.ended_by);
  out += ",\"lost\":[";
  for (const LostAttempt& attempt : note.lost) {
    if (&attempt != &note.lost.front()) out += ',';
    append(out, attempt);
  }
  out += "]}";
  return request;
}

std::vector<KeptRequest> RequestBook::failed() const {
  std::vector<KeptRequest> newest;
  newest.reserve(failed_.size());
  for (std::size_t at = failed_.size(); at > 0; --at) newest.push_back(failed_[(oldest_ + at - 1) % failed_.size()]);
  return newest;
}

std::vector<KeptRequest> RequestBook::slow() const {
  std::vector<KeptRequest> both = slowest_[0];
  both.insert(both.end(), slowest_[1].begin(), slowest_[1].end());
  return slowest_of(std::move(both), kMostSlow);
}

std::vector<KeptRequest> newest_of(std::vector<KeptRequest> requests, std::size_t most) {
  return first_of(std::move(requests), most, is_newer);
}

std::vector<KeptRequest> slowest_of(std::vector<KeptRequest> requests, std::size_t most) {
  return first_of(std::move(requests), most, is_slower);
}

}  // namespace zeroway
