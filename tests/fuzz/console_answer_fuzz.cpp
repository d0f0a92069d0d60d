// What a router, or something else at its port, may answer to the commands for operators: any bytes, as JSON, as a
// stream of events, and as names on a screen.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "router/console/event_stream.h"
#include "router/console/figure_reader.h"
#include "router/console/reports.h"
#include "router/console/screen.h"
#include "tests/fuzz/must.h"

using namespace zeroway::console;

namespace {

void must_be_printable(std::string_view text) {
  for (const char c : text) zeroway::must(c == '\n' || (c >= 0x20 && c < 0x7f));  // the locale is C
}

void show(std::string_view json) {
  TopData data;
  for (const int second : {1, 2}) {
    const zeroway::Time at = zeroway::Time{} + std::chrono::seconds(second);
    if (auto numbers = read_numbers(json)) data.take(std::move(*numbers), at);
    for (const auto kind : {Member::Kind::worker, Member::Kind::server})
      if (auto members = read_members(kind, json)) data.take(kind, std::move(*members), at);
    if (auto routes = read_routes(json)) data.take(std::move(*routes), at);
  }
  if (auto requests = read_requests(json)) data.requests = std::move(*requests);
  if (auto event = read_event(json)) data.take(std::move(*event));
  must_be_printable(once_text(data));
  TopState state;
  for (const Page page : {Page::members, Page::routes, Page::requests, Page::events}) {
    state.page = page;
    for (const Line& line : screen_of(data, state, {12, 50}).lines) {
      must_be_printable(line.text);
      zeroway::must(columns_of(line.text) <= 50);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  show(text);
  if (const auto found = read_explanation(text)) must_be_printable(explanation_text(*found));
  must_be_printable(read_health(text) ? status_text(*read_health(text), {}, {}) : "");
  EventStream whole, halves;
  const auto expected = whole.take(text);
  auto found = halves.take(text.substr(0, size / 2));
  for (auto& event : halves.take(text.substr(size / 2))) found.push_back(std::move(event));
  zeroway::must(found == expected);
  return 0;
}
