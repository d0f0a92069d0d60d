#include "router/access/hash_pool.h"

#include <sys/resource.h>

#include <algorithm>
#include <utility>

#include "router/access/limits.h"

namespace zeroway {

namespace {

constexpr int kNiceness = 10;  // loops come first where both want a processor

std::size_t threads_of_machine() {
  const std::size_t half = std::thread::hardware_concurrency() / 2;
  return std::clamp<std::size_t>(half, 1, kMostHashThreads);
}

}  // namespace

HashPool::HashPool(Check check, std::size_t threads)
    : check_(std::move(check)), most_threads_(threads == 0 ? threads_of_machine() : threads) {}

void HashPool::end() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  came_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

bool HashPool::has_room(const AddressKey& address) const {
  const auto share = shares_.find(address);
  return queue_.size() < kMostHashes && (share == shares_.end() || share->second < kMostHashesOfAddress);
}

HashPool::Ticket HashPool::ask(HashWork work, Time now, Told told) {
  const std::lock_guard lock(mutex_);
  if (is_ending_ || waiters_.size() >= kMostHashWaiters) return 0;
  auto job = jobs_.find(work.login);
  if (job == jobs_.end()) {
    if (!has_room(work.address)) return 0;
    ++shares_[work.address];
    queue_.push_back(work.login);
    const Digest login = work.login;
    job = jobs_.emplace(login, Job{.work = std::move(work), .asked = now, .has_begun = false, .waiters = {}}).first;
    begin_threads();
    came_.notify_one();
  }
  const Ticket ticket = ++last_ticket_;
  waiters_.emplace(ticket, job->first);
  job->second.waiters.emplace(ticket, std::move(told));
  return ticket;
}

void HashPool::begin_threads() {
  while (threads_.size() < most_threads_) threads_.emplace_back([this] { run(); });
}

void HashPool::forget(Ticket ticket) {
  const std::lock_guard lock(mutex_);
  const auto waiter = waiters_.find(ticket);
  if (waiter == waiters_.end()) return;
  const auto job = jobs_.find(waiter->second);
  waiters_.erase(waiter);
  job->second.waiters.erase(ticket);
  if (!job->second.waiters.empty() || job->second.has_begun) return;
  queue_.erase(std::find(queue_.begin(), queue_.end(), job->first));
  leave(job);
}

void HashPool::leave(Jobs::iterator job) {
  const auto share = shares_.find(job->second.work.address);
  if (--share->second == 0) shares_.erase(share);
  for (const auto& waiter : job->second.waiters) waiters_.erase(waiter.first);
  jobs_.erase(job);
}

void HashPool::run() {
  ::setpriority(PRIO_PROCESS, 0, kNiceness);  // Linux: of this thread alone
  std::unique_lock lock(mutex_);
  for (;;) {
    came_.wait(lock, [this] { return is_ending_ || !queue_.empty(); });
    if (is_ending_) return;
    const Digest login = queue_.front();
    queue_.pop_front();
    Job& job = jobs_.find(login)->second;  // stays in place: nobody erases a job that has begun
    job.has_begun = true;
    Answer answer = Answer::late;
    if (Clock::now() - job.asked < kLongestHashWait) {
      lock.unlock();
      answer = check_(job.work.password, job.work.hash) ? Answer::right : Answer::wrong;
      lock.lock();
    }
    const auto waiters = std::move(job.waiters);
    for (const auto& waiter : waiters) waiters_.erase(waiter.first);
    job.waiters.clear();
    leave(jobs_.find(login));
    if (is_ending_) return;
    lock.unlock();
    for (const auto& waiter : waiters) waiter.second(answer);
    lock.lock();
  }
}

}  // namespace zeroway
