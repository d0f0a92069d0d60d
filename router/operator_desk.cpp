#include "router/operator_desk.h"

#include <utility>

#include "router/admin/limits.h"
#include "router/lane.h"

namespace zeroway {

OperatorDesk::OperatorDesk(const std::vector<std::unique_ptr<Lane>>& lanes, OperatorTasks tasks)
    : lanes_(lanes), tasks_(std::move(tasks)) {}

Loop& OperatorDesk::first_loop() const { return lanes_.front()->loop(); }

// --- the census

void OperatorDesk::take_census(Loop& loop, Told told) {
  first_loop().post([this, who = Waiting{&loop, std::move(told)}]() mutable { ask(std::move(who)); });
}

void OperatorDesk::ask(Waiting who) {
  const bool is_fresh = latest_ != nullptr && first_loop().now() - taken_ < kCensusAge;
  if (is_fresh) return who.loop->post([told = std::move(who.told), census = latest_] { told(census); });
  waiting_.push_back(std::move(who));
  if (waiting_.size() > 1) return;
  auto census = std::make_shared<Census>();
  tasks_.describe(*census);
  visit(0, std::move(census));
}

void OperatorDesk::visit(std::size_t lane, std::shared_ptr<Census> census) {
  if (lane == lanes_.size())
    return first_loop().post([this, census = std::move(census)]() mutable { finish(std::move(census)); });
  lanes_[lane]->loop().post([this, lane, census = std::move(census)]() mutable {
    census->add(lanes_[lane]->census());
    visit(lane + 1, std::move(census));
  });
}

void OperatorDesk::finish(std::shared_ptr<const Census> census) {
  latest_ = std::move(census);
  taken_ = first_loop().now();
  for (Waiting& who : std::exchange(waiting_, {}))
    who.loop->post([told = std::move(who.told), census = latest_] { told(census); });
}

void OperatorDesk::write(std::function<AdminReply()> write, Loop& loop, std::function<void(AdminReply)> done) {
  writer_.run([write = std::move(write), &loop, done = std::move(done)] {
    loop.post([reply = write(), done]() mutable { done(std::move(reply)); });
  });
}

// --- changes

void OperatorDesk::change(const Change& change, Loop& loop, ChangeDone done) {
  first_loop().post([this, change, &loop, done = std::move(done)]() mutable {
    latest_.reset();
    change_all(change, loop, std::move(done));
  });
}

void OperatorDesk::change_all(const Change& change, Loop& loop, ChangeDone done) {
  switch (change.kind) {
    case Change::Kind::reload:
      return loop.post([done = std::move(done), reloaded = tasks_.reload()] {
        done(reloaded ? Result<std::size_t>(std::size_t{1}) : Result<std::size_t>(reloaded.error()));
      });
    case Change::Kind::reopen_logs:
      tasks_.reopen_logs();
      return loop.post([done = std::move(done)] { done(std::size_t{1}); });
    case Change::Kind::member:
      return change_lanes(change, 0, tasks_.change_servers(change), loop, std::move(done));
  }
}

// A worker is known to every loop. It counts once.
void OperatorDesk::change_lanes(const Change& change, std::size_t lane, std::size_t met, Loop& loop, ChangeDone done) {
  if (lane == lanes_.size()) return loop.post([met, done = std::move(done)] { done(met); });
  lanes_[lane]->loop().post([this, change, lane, met, &loop, done = std::move(done)]() mutable {
    const std::size_t here = lanes_[lane]->change_workers(change);
    change_lanes(change, lane + 1, lane == 0 ? met + here : met, loop, std::move(done));
  });
}

}  // namespace zeroway
