#include "router/operator_desk.h"

#include <algorithm>
#include <utility>

#include "router/admin/limits.h"
#include "router/lane.h"

namespace zeroway {

OperatorDesk::OperatorDesk(const std::vector<std::unique_ptr<Lane>>& lanes, OperatorTasks tasks)
    : lanes_(lanes), tasks_(std::move(tasks)) {}

Loop& OperatorDesk::first_loop() const { return lanes_.front()->loop(); }

// --- the census

void OperatorDesk::take_census(Loop& loop, const CensusQuestion& question, Told told) {
  first_loop().post([this, question, who = Waiting{&loop, std::move(told)}]() mutable {
    if (question.scope == CensusScope::numbers) return ask(std::move(who));
    begin_census(question, [who = std::move(who)](std::shared_ptr<const Census> census) {
      who.loop->post([told = who.told, census = std::move(census)] { told(census); });
    });
  });
}

void OperatorDesk::ask(Waiting who) {
  const bool is_fresh = latest_ != nullptr && first_loop().now() - taken_ < kCensusAge;
  if (is_fresh) return who.loop->post([told = std::move(who.told), census = latest_] { told(census); });
  waiting_.push_back(std::move(who));
  if (waiting_.size() > 1) return;
  begin_census({CensusScope::numbers}, [this](std::shared_ptr<const Census> census) { finish(std::move(census)); });
}

void OperatorDesk::begin_census(const CensusQuestion& question, Finish finish) {
  auto round = std::make_shared<Round>(Round{question, std::move(finish)});
  tasks_.describe(*round->census);
  if (question.scope == CensusScope::circuits) round->census->circuits = tasks_.list_circuits();
  visit(std::move(round));
}

void OperatorDesk::visit(std::shared_ptr<Round> round) {
  const std::size_t next = round->lanes.size();
  if (next == lanes_.size()) return sum_up(std::move(round));
  lanes_[next]->loop().post([this, next, round = std::move(round)]() mutable {
    auto on = std::make_shared<CensusWalk>(*lanes_[next], next, round->question);
    walk(std::move(round), std::move(on));
  });
}

void OperatorDesk::walk(std::shared_ptr<Round> round, std::shared_ptr<CensusWalk> on) {
  const std::size_t lane = round->lanes.size();
  if (on->step()) {
    return lanes_[lane]->loop().post(
        [this, round = std::move(round), on = std::move(on)]() mutable { walk(std::move(round), std::move(on)); });
  }
  round->lanes.push_back(std::move(on->gathered()));
  visit(std::move(round));
}

// Not on a loop: this work grows with the number of workers, routes and descriptors.
void OperatorDesk::sum_up(std::shared_ptr<Round> round) {
  writer_.run([this, round = std::move(round)] {
    round->census->process = read_process_facts();
    for (std::size_t lane = 0; lane < round->lanes.size(); ++lane)
      round->census->add(std::move(round->lanes[lane]), lane);
    first_loop().post([round] { round->finish(std::move(round->census)); });
  });
}

void OperatorDesk::finish(std::shared_ptr<const Census> census) {
  writer_.run([old = std::exchange(latest_, std::move(census))] {});  // its memory is freed there
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
    if (change.kind == Change::Kind::worker) return name_all_instances(std::move(change), loop, std::move(done));
    change_all(change, loop, std::move(done));
  });
}

// Each loop knows a worker by another instance.
void OperatorDesk::name_all_instances(Change change, Loop& loop, ChangeDone done) {
  begin_census({CensusScope::numbers}, [this, change = std::move(change), &loop,
                                        done = std::move(done)](const std::shared_ptr<const Census>& census) mutable {
    for (const MemberFacts& member : census->members) {
      const auto& others = member.other_instances;
      const bool is_meant = member.instance == change.members.front() ||
                            std::find(others.begin(), others.end(), change.members.front()) != others.end();
      if (!is_meant) continue;
      change.members = others;
      change.members.push_back(member.instance);
      break;
    }
    change_all(change, loop, std::move(done));
  });
}

void OperatorDesk::change_all(const Change& change, Loop& loop, ChangeDone done) {
  const auto tell = [&](Result<std::size_t> met) { loop.post([done, met = std::move(met)] { done(met); }); };
  switch (change.kind) {
    case Change::Kind::reload: {
      const auto reloaded = tasks_.reload();
      return tell(reloaded ? Result<std::size_t>(std::size_t{1}) : Result<std::size_t>(reloaded.error()));
    }
    case Change::Kind::reopen_logs:
      tasks_.reopen_logs();
      return tell(std::size_t{1});
    case Change::Kind::drain:
      tasks_.drain();
      return tell(std::size_t{1});
    case Change::Kind::log_level:
      tasks_.set_log_level(change);
      return tell(std::size_t{1});
    case Change::Kind::server:
      return tell(tasks_.change_servers(change));
    case Change::Kind::circuits:
      return tasks_.change_circuits(
          change, [&loop, done = std::move(done)](const auto& met) { loop.post([done, met] { done(met); }); });
    case Change::Kind::worker:
    case Change::Kind::close_stream:
    case Change::Kind::close_of:
      return change_lanes(change, 0, 0, loop, std::move(done));
  }
}

void OperatorDesk::change_lanes(const Change& change, std::size_t lane, std::size_t met, Loop& loop, ChangeDone done) {
  if (lane == lanes_.size()) return loop.post([met, done = std::move(done)] { done(met); });
  lanes_[lane]->loop().post([this, change, lane, met, &loop, done = std::move(done)]() mutable {
    const std::size_t here = lanes_[lane]->change(change, lane);
    // A worker is known to every loop. It counts once.
    const std::size_t so_far = change.kind == Change::Kind::worker ? std::max(met, here) : met + here;
    change_lanes(change, lane + 1, so_far, loop, std::move(done));
  });
}

}  // namespace zeroway
