// How often a time fell into each of a few ranges, from 100 us to 60 s.
//
// Owner: whoever counts.   Thread: one loop; copies are for any.
// Pure. Not here: how it is shown (router/admin/metrics_text.h).
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace zeroway {

class Histogram {
 public:
  using Micros = std::chrono::microseconds;

  // Upper ends of the ranges; the last range has none.
  static constexpr std::array<Micros, 18> kEnds{
      Micros(100),        Micros(250),        Micros(500),       Micros(1'000),     Micros(2'500),
      Micros(5'000),      Micros(10'000),     Micros(25'000),    Micros(50'000),    Micros(100'000),
      Micros(250'000),    Micros(500'000),    Micros(1'000'000), Micros(2'500'000), Micros(5'000'000),
      Micros(10'000'000), Micros(30'000'000), Micros(60'000'000)};

  void add(Micros time) {
    std::size_t range = 0;
    while (range < kEnds.size() && time > kEnds[range]) ++range;
    ++counts_[range];
    sum_ += time;
  }
  void add(const Histogram& other) {
    for (std::size_t range = 0; range < counts_.size(); ++range) counts_[range] += other.counts_[range];
    sum_ += other.sum_;
  }

  // Times in the range that ends at kEnds[range], or beyond the last end.
  [[nodiscard]] std::uint64_t count(std::size_t range) const { return counts_[range]; }
  [[nodiscard]] Micros sum() const { return sum_; }
  [[nodiscard]] std::uint64_t total() const {
    std::uint64_t all = 0;
    for (const std::uint64_t one : counts_) all += one;
    return all;
  }

 private:
  std::array<std::uint64_t, kEnds.size() + 1> counts_{};
  Micros sum_{0};
};

}  // namespace zeroway
