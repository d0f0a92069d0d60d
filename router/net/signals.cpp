#include "router/net/signals.h"

#include <boost/asio/signal_set.hpp>

#include "router/net/loop_inside.h"

namespace zeroway {

struct Signals::Inside {
  Inside(Loop::Inside& loop_inside, std::function<void(int)> task)
      : loop(loop_inside), set(loop_inside.io), told(std::move(task)) {}

  void wait() {
    set.async_wait([this](const boost::system::error_code& error, int number) {
      if (error) return;
      loop.begin_turn();
      wait();
      told(number);
    });
  }

  Loop::Inside& loop;
  boost::asio::signal_set set;
  std::function<void(int)> told;
};

Signals::Signals(Loop& loop, std::initializer_list<int> numbers, std::function<void(int number)> told)
    : inside_(std::make_unique<Inside>(loop.inside(), std::move(told))) {
  for (const int number : numbers) inside_->set.add(number);
  inside_->wait();
}

Signals::~Signals() = default;

}  // namespace zeroway
