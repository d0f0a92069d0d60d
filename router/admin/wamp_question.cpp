#include "router/admin/wamp_question.h"

#include <algorithm>
#include <optional>

#include "router/admin/admin_request.h"
#include "router/observe/limits.h"
#include "router/route/query_value.h"

namespace zeroway {

namespace {

// "NANOSECONDS-LOOP-PLACE".
std::optional<WampPlace> read_place(std::string_view text) {
  std::uint64_t numbers[3] = {};
  for (std::uint64_t& number : numbers) {
    const std::size_t end = &number == &numbers[2] ? text.size() : text.find('-');
    if (end == std::string_view::npos) return std::nullopt;
    const auto read = read_number(text.substr(0, end));
    if (!read) return std::nullopt;
    number = *read;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return WampPlace{Time(std::chrono::nanoseconds(numbers[0])), numbers[1], numbers[2]};
}

Error wrong(std::string_view name, const std::string& value, const std::string& wants) {
  return {Fault::client, Code::bad_request, false, std::string(name) + " = " + value + ": wants " + wants};
}

}  // namespace

Result<WampChoice> read_wamp_choice(std::string_view query) {
  WampChoice choice{.realm = query_value(query, "realm"),
                    .authid = query_value(query, "authid"),
                    .worker = query_value(query, "worker"),
                    .most = kMostWampClients};
  if (const auto limit = query_value(query, "limit")) {
    choice.most = read_number(*limit).value_or(0);
    if (choice.most == 0 || choice.most > kMostWampClients)
      return wrong("limit", *limit, "a number from 1 to " + std::to_string(kMostWampClients));
  }
  if (const auto after = query_value(query, "after")) {
    const auto place = read_place(*after);
    if (!place) return wrong("after", *after, "what `next` of an answer says");
    choice.after = *place;
  }
  return choice;
}

std::string to_text(const WampPlace& place) {
  const std::chrono::nanoseconds came = place.came.time_since_epoch();
  return std::to_string(came.count()) + "-" + std::to_string(place.loop) + "-" + std::to_string(place.place);
}

}  // namespace zeroway
