#include "router/net/signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace zeroway {

namespace {

sigset_t set_of(std::initializer_list<int> numbers) {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int number : numbers) ::sigaddset(&set, number);
  return set;
}

}  // namespace

void Signals::block(std::initializer_list<int> numbers) {
  const sigset_t set = set_of(numbers);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

Signals::Signals(Loop& loop, std::initializer_list<int> numbers, std::function<void(int number)> told)
    : loop_(loop), told_(std::move(told)) {
  const sigset_t set = set_of(numbers);
  ::pthread_sigmask(SIG_BLOCK, &set, &before_);
  descriptor_ = ::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "signalfd");
  loop_.watch(descriptor_, *this, true, false);
}

Signals::~Signals() {
  loop_.forget(descriptor_);
  ::close(descriptor_);
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void Signals::ready(bool, bool) {
  signalfd_siginfo arrived;
  if (::read(descriptor_, &arrived, sizeof arrived) != sizeof arrived) return;
  told_(static_cast<int>(arrived.ssi_signo));
}

}  // namespace zeroway
