#include "router/tracing.h"

#include <csignal>
#include <random>
#include <utility>

#include "router/observe/log.h"
#include "router/trace/limits.h"

namespace zeroway {

namespace {

constexpr Millis kTick{100};    // looks at the queue
constexpr Millis kEndLook{10};  // whether the last spans were sent

std::uint64_t random_number() {
  std::random_device source;
  return std::uint64_t{source()} << 32 | source();
}

}  // namespace

Tracing::Tracing(const TracingSettings& settings) : queue_(kMostSpansHeld) {
  rules_.sample = settings.sample;
  rules_.tells_query = settings.query;
  rules_.exporter_trace = random_number() | 1;
}

Result<std::unique_ptr<Tracing>> Tracing::make(const TracingSettings& settings) {
  std::unique_ptr<Tracing> made(new Tracing(settings));
  if (settings.endpoint.empty()) return made;
  made->loop_ = std::make_unique<Loop>(ManySends::Ring::never);
  auto collector = NetCollector::make(*made->loop_, settings, made->rules_.exporter_trace);
  if (!collector)
    return Error{Fault::router, Code::internal, false, "the collector of traces: " + collector.error().detail};
  made->collector_ = std::move(*collector);
  made->exporter_ = std::make_unique<Exporter>(made->queue_, *made->collector_, settings.service_name,
                                               [](const std::string& line) { log::warning(line); });
  made->run();
  return made;
}

Tracing::~Tracing() { finish(); }

std::unique_ptr<Tracer> Tracing::tracer() {
  return std::make_unique<Tracer>(rules_, exporter_ ? &queue_ : nullptr, random_number());
}

void Tracing::run() {
  timer_ = std::make_unique<Timer>(*loop_, [this] { tick(); });
  timer_->set(kTick);
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);  // the new thread inherits the mask: signals are for the loops
  thread_ = std::thread([this] { loop_->run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void Tracing::tick() {
  exporter_->tick(loop_->now());
  timer_->set(kTick);
}

void Tracing::finish() {
  if (!thread_.joinable()) return;
  loop_->post([this] {
    give_up_ = loop_->now() + kLongestExportFinish;
    timer_ = std::make_unique<Timer>(*loop_, [this] { look_for_end(); });
    look_for_end();
  });
  thread_.join();
}

void Tracing::look_for_end() {
  const Time now = loop_->now();
  if (exporter_->finish(now) || now >= give_up_) return loop_->stop();
  timer_->set(kEndLook);
}

}  // namespace zeroway
