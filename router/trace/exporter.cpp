#include "router/trace/exporter.h"

#include <algorithm>
#include <utility>

#include "router/trace/limits.h"
#include "router/trace/span_writer.h"

namespace zeroway {

namespace {

std::string head_of(const std::string& service_name) {
  std::string head = "{\"resourceSpans\":[{\"resource\":{\"attributes\":[";
  append_text_attribute(head, "service.name", service_name);
  head.push_back(',');
  append_text_attribute(head, "telemetry.sdk.name", "zeroway");
  return head.append("]},\"scopeSpans\":[{\"scope\":{\"name\":\"zeroway\"},\"spans\":[");
}

bool may_try_again(const CollectorAnswer& answer) {
  return answer.status == 0 || answer.status == 429 || (answer.status >= 502 && answer.status <= 504);
}

std::string words_of(const CollectorAnswer& answer) {
  return answer.status == 0 ? "the collector does not answer: " + answer.why
                            : "the collector answers " + std::to_string(answer.status);
}

}  // namespace

Exporter::Exporter(SpanQueue& queue, Collector& collector, std::string service_name, Warn warn)
    : queue_(queue), collector_(collector), head_(head_of(service_name)), tail_("]}]}]}"), warn_(std::move(warn)) {}

void Exporter::tick(Time now) {
  now_ = now;
  if (state_ == State::waiting && now >= due_) send(now);
  if (state_ == State::idle && now - sent_at_ >= kExportEvery) send_next(now);
  tell_lost(now);
}

bool Exporter::finish(Time now) {
  now_ = now;
  is_finishing_ = true;
  if (state_ == State::waiting) drop({.why = "the router ends"});
  if (state_ == State::idle) send_next(now);
  return state_ == State::idle;
}

void Exporter::send_next(Time now) {
  SpanBatch batch = queue_.take(kMostExport);
  if (batch.count == 0) return;
  body_.assign(head_).append(batch.text).append(tail_);
  count_ = batch.count;
  tries_ = 0;
  send(now);
}

void Exporter::send(Time now) {
  state_ = State::sending;
  sent_at_ = now;
  ++tries_;
  collector_.send(body_, [this](const CollectorAnswer& answer) { answered(answer); });
}

void Exporter::answered(const CollectorAnswer& answer) {
  if (answer.status >= 200 && answer.status < 300) {
    queue_.count_sent(count_);
    state_ = State::idle;
    if (!queue_.is_empty()) send_next(now_);  // the queue may be filling up
  } else if (may_try_again(answer) && tries_ < kMostTries && !is_finishing_) {
    wait(answer);
  } else {
    drop(answer);
  }
}

void Exporter::wait(const CollectorAnswer& answer) {
  Clock::duration pause = kFirstRetry * (1 << (tries_ - 1));
  if (answer.retry_after) pause = *answer.retry_after;
  state_ = State::waiting;
  due_ = now_ + std::min<Clock::duration>(pause, kLongestRetry);
}

void Exporter::drop(const CollectorAnswer& answer) {
  queue_.count_lost(count_);
  why_ = words_of(answer);
  state_ = State::idle;
}

void Exporter::tell_lost(Time now) {
  const std::uint64_t lost = queue_.lost();
  if (lost == told_ || (told_ != 0 && now - told_at_ < kTellLostSpansEvery)) return;
  warn_("traces: " + std::to_string(lost - std::exchange(told_, lost)) +
        " spans were lost: " + (why_.empty() ? "the collector takes them too slowly" : why_));
  why_.clear();
  told_at_ = now;
}

}  // namespace zeroway
