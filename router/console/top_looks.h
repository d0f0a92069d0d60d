// Looks at a router again and again, and keeps what it told.
//
// Owner: Top.   Thread: that of the client's loop.
// A look is a few questions, one behind the other. A router that does not answer the first one is not asked the rest.
// Not here: when to look (console/top.h), what is shown of it (console/screen.h).
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "router/console/event_stream.h"
#include "router/console/management_client.h"
#include "router/console/top_data.h"
#include "router/net/loop.h"
#include "router/net/loop_clock.h"

namespace zeroway::console {

class TopLooks {
 public:
  // `client` and `data` outlive it. `told` is called when a look is over, and when an event came.
  TopLooks(Loop& loop, ManagementClient& client, TopData& data, std::function<void()> told)
      : loop_(loop), clock_(loop), client_(client), data_(data), told_(std::move(told)) {}

  // Asks for the numbers, the members, and for what `page` shows. Nothing while the last look is not over: a router
  // that is slow is not asked more.
  void look(Page page);
  [[nodiscard]] bool is_looking() const { return !wanted_.empty(); }

 private:
  struct Want {
    const char* path;
    Verdict* trouble;  // where to say that there is no answer
    std::function<Result<void>(const std::string& body)> take;
  };

  void want_page(Page page);
  void want_sessions();
  void want_members(Member::Kind kind, const char* path);
  void ask_next();
  void answered(const Question& question, const Result<Told>& told);
  void follow_events();
  void take_event(const StreamEvent& event);
  void events_ended(const Question& question, const Result<Told>& told);

  Loop& loop_;
  LoopClock clock_;
  ManagementClient& client_;
  TopData& data_;
  std::function<void()> told_;
  std::deque<Want> wanted_;
  bool is_following_ = false;
  EventStream stream_;
};

}  // namespace zeroway::console
