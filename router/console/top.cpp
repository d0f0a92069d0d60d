#include "router/console/top.h"

#include <csignal>
#include <utility>

#include "router/console/figure_reader.h"
#include "router/console/printable.h"
#include "router/console/screen.h"
#include "router/console/terminal.h"
#include "router/console/top_looks.h"
#include "router/net/signals.h"

namespace zeroway::console {

namespace {

class Top : private Watcher {
 public:
  Top(Loop& loop, ManagementClient& client, const CommandWords& words, std::unique_ptr<Terminal> terminal)
      : loop_(loop),
        client_(client),
        every_(words.every),
        terminal_(std::move(terminal)),
        looks_(loop, client, data_, [this] { draw(); }),
        signals_(loop, {SIGWINCH, SIGINT, SIGTERM, SIGHUP}, [this](int number) { signalled(number); }),
        timer_(loop, [this] { look(); }) {
    data_.where = client.where();
    state_.has_token = client.has_token();
    loop_.watch(terminal_->descriptor(), *this, true, false);
  }
  ~Top() override { loop_.forget(terminal_->descriptor()); }

  void run() {
    loop_.post([this] { look(); });
    loop_.run();
  }

 private:
  void look() {
    timer_.set(every_);
    looks_.look(state_.page);
    draw();  // the time since an outage goes on
  }

  void draw() {
    screen_ = screen_of(data_, state_, terminal_->size());
    terminal_->draw(screen_);
  }

  void signalled(int number) {
    if (number != SIGWINCH) return loop_.stop();
    terminal_->resize();
    draw();
  }

  // Nobody waits for room to write: then the terminal has gone.
  void ready(bool, bool writable) override {
    if (writable) return loop_.stop();
    const Page before = state_.page;
    while (const auto key = terminal_->read_key()) take(*key);
    if (state_.page != before) looks_.look(state_.page);
    draw();
  }

  void take(const Key& key) {
    Act act = press(state_, key, data_, screen_.height, screen_.columns);
    screen_ = screen_of(data_, state_, terminal_->size());  // the next key sees what this one did
    if (act.quits) return loop_.stop();
    if (!act.token.empty()) client_.set_token(std::move(act.token));
    if (act.hold) hold(*act.hold);
  }

  void hold(const HoldWish& wish) {
    const Question question = hold_question(wish.kind == Member::Kind::worker, wish.name, wish.is_held);
    client_.ask(question, [this, question, wish](const Result<Told>& told) {
      held(wish, judge(question, told, client_.where()));
    });
  }

  // A wrong token is asked for again at the next try.
  void held(const HoldWish& wish, const Verdict& verdict) {
    if (verdict.is_fine() || verdict.code == ExitCode::token) state_.has_token = verdict.is_fine();
    const std::string who = std::string(to_text(wish.kind)) + " " + printable(wish.name);
    state_.message = verdict.is_fine() ? who + (wish.is_held ? " drains" : " gets requests") : verdict.why;
    looks_.look(state_.page);
    draw();
  }

  Loop& loop_;
  ManagementClient& client_;
  std::chrono::milliseconds every_;
  std::unique_ptr<Terminal> terminal_;
  TopData data_;
  TopState state_;
  Screen screen_;
  TopLooks looks_;
  Signals signals_;
  Timer timer_;
};

// Two looks: a rate is the difference between two.
Outcome look_twice(Loop& loop, ManagementClient& client, const CommandWords& words) {
  TopData data;
  data.where = words.where;
  TopLooks looks(loop, client, data, [&] { loop.stop(); });
  Timer wait(loop, [&] { looks.look(Page::members); });
  for (int look = 0; look < 2 && data.outage.empty(); ++look) {
    wait.set(look == 0 ? std::chrono::milliseconds(0) : words.every);
    loop.run();
  }
  if (!data.outage.empty()) return {unreachable(client.where(), data.outage)};
  const Verdict& trouble = data.troubles[Page::members];
  return trouble.is_fine() ? Outcome{{}, once_text(data)} : Outcome{trouble};
}

}  // namespace

Outcome run_top(Loop& loop, ManagementClient& client, const CommandWords& words) {
  if (words.is_once) return look_twice(loop, client, words);
  auto terminal = Terminal::open();
  if (!terminal) return {{ExitCode::usage, terminal.error().detail}};
  Top(loop, client, words, std::move(*terminal)).run();
  return {};
}

}  // namespace zeroway::console
