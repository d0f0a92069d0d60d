// What operators are told of the whole router, and the changes that they ask for: goes from loop to loop.
//
//     take_census() ── first loop: what the router knows ── each loop in turn, in slices: what it counted
//                        ── a thread that is no loop: the sum ──▶ the caller's loop
//
// Owner: Router; outlives the lanes.   Thread: any calls; its own state is the first loop's.
// Questions that come while a census is under way, or soon after it, get the same census: a thousand scrapers cost as
// much as one. Not here: who may ask (router/admin), what a change does to one loop (router/lane.h).
#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "router/admin/answer_thread.h"
#include "router/admin/desk.h"
#include "router/census_walk.h"
#include "router/observe/time.h"

namespace zeroway {

class Lane;

// What the desk needs of the router; all of it is called on the first loop.
struct OperatorTasks {
  std::function<void(Census&)> describe;  // all but what loops know
  std::function<Result<>()> reload;       // reads the configuration file again
  std::function<void()> reopen_logs;
  std::function<void()> drain;
  std::function<void(const Change&)> set_log_level;
  std::function<Result<std::size_t>(const Change&)> change_servers;  // returns how many servers the change met
  std::function<void(const Change&, ChangeDone)> change_circuits;
  std::function<std::shared_ptr<const CircuitList>()> list_circuits;
};

class OperatorDesk final : public Desk {
 public:
  // `lanes` are there before the first call, and do not change any more.
  OperatorDesk(const std::vector<std::unique_ptr<Lane>>& lanes, OperatorTasks tasks);

  void take_census(Loop& loop, const CensusQuestion& question, Told told) override;
  void change(const Change& change, Loop& loop, ChangeDone done) override;
  void write(std::function<AdminReply()> write, Loop& loop, std::function<void(AdminReply)> done) override;
  void aside(std::function<void()> task) override { writer_.run(std::move(task)); }
  // Before the loops are destroyed: nothing is written any more.
  void end() { writer_.end(); }

 private:
  struct Waiting {
    Loop* loop;
    Told told;
  };

  [[nodiscard]] Loop& first_loop() const;
  using Finish = std::function<void(std::shared_ptr<const Census>)>;

  void ask(Waiting who);
  void begin_census(const CensusQuestion& question, Finish finish);
  // A census under way: each loop has told, or will.
  struct Round {
    CensusQuestion question;
    Finish finish;
    std::shared_ptr<Census> census = std::make_shared<Census>();
    std::vector<LaneCensus> lanes{};
  };
  void visit(std::shared_ptr<Round> round);
  void walk(std::shared_ptr<Round> round, std::shared_ptr<CensusWalk> walk);
  void sum_up(std::shared_ptr<Round> round);
  void finish(std::shared_ptr<const Census> census);
  void name_all_instances(Change change, Loop& loop, ChangeDone done);
  void change_lanes(const Change& change, std::size_t lane, std::size_t met, Loop& loop, ChangeDone done);
  void change_all(const Change& change, Loop& loop, ChangeDone done);

  const std::vector<std::unique_ptr<Lane>>& lanes_;
  const OperatorTasks tasks_;
  std::vector<Waiting> waiting_;          // for the census under way
  std::shared_ptr<const Census> latest_;  // null before the first one, and after a change
  Time taken_{};                          // when `latest_` was finished
  AnswerThread writer_;
};

}  // namespace zeroway
