#include "router/exchange/request_ids.h"

#include <algorithm>
#include <random>

#include "router/exchange/limits.h"

namespace zeroway {

namespace {

void append_hex(std::string& out, std::uint64_t number) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) out += kDigits[number >> shift & 0xf];
}

std::uint64_t random_number() {
  std::random_device source;
  return std::uint64_t{source()} << 32 | source();
}

}  // namespace

RequestIds::RequestIds() : loop_(random_number()), next_(random_number()) {}

void RequestIds::write(std::string& out) {
  out.clear();
  append_hex(out, loop_);
  append_hex(out, next_++);
}

bool RequestIds::is_fit(std::string_view id) {
  const auto is_graph = [](char c) { return c > ' ' && c < '\x7f'; };
  return !id.empty() && id.size() <= kMostRequestId && std::all_of(id.begin(), id.end(), is_graph);
}

}  // namespace zeroway
