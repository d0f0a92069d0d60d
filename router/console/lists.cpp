#include "router/console/lists.h"

#include <algorithm>

#include "router/console/number_text.h"

namespace zeroway::console {

namespace {

Column name_column(std::string_view title, int rank = 0) { return {title, Align::left, rank, false}; }
Column number_column(std::string_view title, int rank = 0) { return {title, Align::right, rank, true}; }

Cell text_cell(const std::string& text) { return {printable(text)}; }
Cell count_cell(std::uint64_t count) { return {std::to_string(count), static_cast<double>(count)}; }
Cell rate_cell(std::optional<double> rate) { return {rate_text(rate), rate.value_or(-1)}; }
Cell age_cell(double seconds) { return {age_text(seconds), seconds}; }
Cell size_cell(std::uint64_t bytes) { return {size_text(bytes), static_cast<double>(bytes)}; }
Cell room_cell(std::uint64_t capacity) {
  return {capacity == 0 ? "any" : std::to_string(capacity), static_cast<double>(capacity)};
}
const char* yes_no(bool is_so) { return is_so ? "yes" : "no"; }

std::string serves_text(const std::vector<std::string>& routes) {
  std::string text;
  for (const std::string& route : routes) text += (text.empty() ? "" : " ") + route;
  return text.empty() ? "everything" : text;
}

List members_page(const TopData& data) {
  List list{.columns = {name_column("NAME"), name_column("KIND", 7), name_column("STATE"), number_column("WEIGHT", 4),
                        number_column("OPEN", 2), number_column("REQ/S", 1), number_column("FAIL/S", 3),
                        number_column("REQUESTS", 6), number_column("FAILURES", 5), name_column("POOL", 8),
                        name_column("ADDRESS", 9)},
            .rows = {}};
  for (const Member& one : data.members) {
    const Pace pace = data.member_paces.of(key_of(one));
    list.rows.push_back({.key = key_of(one),
                         .cells = {text_cell(one.name),
                                   {to_text(one.kind)},
                                   text_cell(one.state),
                                   count_cell(one.weight),
                                   count_cell(one.open),
                                   rate_cell(pace.requests),
                                   rate_cell(pace.failures),
                                   count_cell(one.requests),
                                   count_cell(one.failures),
                                   text_cell(one.pool),
                                   text_cell(one.address)},
                         .is_bad = !one.is_fit});
  }
  return list;
}

List routes_page(const TopData& data) {
  List list{
      .columns = {name_column("PATH"), name_column("SITE", 4), name_column("BACKEND", 5), number_column("OPEN", 2),
                  number_column("REQ/S", 1), number_column("5XX/S", 3), number_column("REQUESTS", 6),
                  number_column("4XX", 8), number_column("5XX", 7), number_column("RETRIES", 9)},
      .rows = {}};
  for (const RouteFigures& one : data.routes) {
    const Pace pace = data.route_paces.of(key_of(one));
    list.rows.push_back({.key = key_of(one),
                         .cells = {text_cell(one.path), text_cell(one.site),
                                   text_cell(one.answer == "backend" ? one.backend : one.answer), count_cell(one.open),
                                   rate_cell(pace.requests), rate_cell(pace.failures), count_cell(one.requests),
                                   count_cell(one.replies[4]), count_cell(one.replies[5]), count_cell(one.retries)},
                         .is_bad = pace.failures.value_or(0) > 0});
  }
  return list;
}

std::string request_key(const RequestRecord& request) {
  std::string key = request.time;
  for (const auto& [name, value] : request.all) key += '\0' + value;
  return key;
}

List events_page(const TopData& data) {
  List list{.columns = {name_column("WHAT"), name_column("KIND", 1), name_column("TIME", 2)}, .rows = {}};
  for (const Event& event : data.events)
    list.rows.push_back({.key = std::to_string(event.id),
                         .cells = {text_cell(event.text), text_cell(event.kind), {utc_time(event.at)}}});
  return list;
}

Facts worker_facts(const Member& one) {
  return {{"instance", printable(one.instance)},
          {"group", one.pool.empty() ? "none: the open pool" : printable(one.pool)},
          {"here for", age_text(one.here_for_seconds)},
          {"serves", printable(serves_text(one.serves))}};
}

Facts server_facts(const Member& one) {
  return {{"pool", printable(one.pool)},
          {"connections", std::to_string(one.connections)},
          {"of them idle", std::to_string(one.idle_connections)}};
}

Facts member_facts(const TopData& data, const Member& one) {
  const Pace pace = data.member_paces.of(key_of(one));
  Facts facts{{to_text(one.kind), printable(one.name)},
              {"state", printable(one.state)},
              {"gets requests", yes_no(one.is_fit)},
              {"address", printable(one.address)},
              {"weight", std::to_string(one.weight)},
              {"capacity", room_cell(one.capacity).text},
              {"open requests", std::to_string(one.open)},
              {"requests", std::to_string(one.requests) + ", " + rate_text(pace.requests) + " a second"},
              {"failures", std::to_string(one.failures) + ", " + rate_text(pace.failures) + " a second"}};
  const Facts more = one.kind == Member::Kind::worker ? worker_facts(one) : server_facts(one);
  facts.insert(facts.end(), more.begin(), more.end());
  return facts;
}

Facts route_facts(const RouteFigures& one) {
  Facts facts{{"path", printable(one.path)},
              {"site", printable(one.site)},
              {"answered by", printable(one.answer)},
              {"backend", printable(one.backend)},
              {"takes WebSockets", yes_no(one.takes_web_sockets)},
              {"open requests", std::to_string(one.open)},
              {"open WebSockets", std::to_string(one.web_sockets_open)},
              {"requests", std::to_string(one.requests)},
              {"retries", std::to_string(one.retries)},
              {"bytes in", size_text(one.bytes_in)},
              {"bytes out", size_text(one.bytes_out)}};
  constexpr std::array kNames{"without a reply", "with 1xx", "with 2xx", "with 3xx", "with 4xx", "with 5xx"};
  for (std::size_t at = 0; at < kNames.size(); ++at) facts.emplace_back(kNames[at], std::to_string(one.replies[at]));
  return facts;
}

Facts request_facts(const RequestRecord& one) {
  Facts facts;
  for (const auto& [name, value] : one.all) facts.emplace_back(printable(name), printable(value));
  return facts;
}

Facts event_facts(const Event& one) {
  return {{"number", std::to_string(one.id)},
          {"time", utc_time(one.at)},
          {"kind", printable(one.kind)},
          {"subject", printable(one.subject)},
          {"what", printable(one.text)}};
}

// That of the client, and behind it that of its backend where it is another one.
std::string serializers_text(const WampFigures& one) {
  const bool is_translated = !one.backend_serializer.empty() && one.backend_serializer != one.serializer;
  return printable(is_translated ? one.serializer + ">" + one.backend_serializer : one.serializer);
}

Facts session_facts(const WampFigures& one) {
  return {{"id", printable(one.id)},
          {"client", printable(one.address)},
          {"protocol", printable(one.protocol)},
          {"site", printable(one.site)},
          {"route", printable(one.route)},
          {"host", printable(one.host)},
          {"path", printable(one.path)},
          {"state", printable(one.state)},
          {"realm", printable(one.realm)},
          {"serializers", serializers_text(one)},
          {"worker or URL", printable(one.worker)},
          {"authid", printable(one.authid)},
          {"authrole", printable(one.authrole)},
          {"connected for", age_text(one.age_seconds)},
          {"messages in", std::to_string(one.messages_in)},
          {"messages out", std::to_string(one.messages_out)},
          {"bytes in", size_text(one.bytes_in)},
          {"bytes out", size_text(one.bytes_out)}};
}

// The facts of the one whose key fits.
template <class All, class KeyOf, class FactsOf>
Facts facts_in(const All& all, const std::string& key, KeyOf key_of_one, FactsOf facts_of_one) {
  for (const auto& one : all)
    if (key_of_one(one) == key) return facts_of_one(one);
  return {};
}

}  // namespace

const char* title_of(Page page) {
  constexpr std::array kTitles{"members", "routes", "failed requests", "events", "sessions of WAMP"};
  return kTitles[static_cast<std::size_t>(page)];
}

List list_of(const TopData& data, Page page) {
  switch (page) {
    case Page::members:
      return members_page(data);
    case Page::routes:
      return routes_page(data);
    case Page::requests:
      return requests_list(data.requests.failed);
    case Page::events:
      return events_page(data);
    case Page::sessions:
      return sessions_list(data.wamp.sessions);
  }
  return {};
}

Facts facts_of(const TopData& data, Page page, const std::string& key) {
  switch (page) {
    case Page::members: {
      const Member* const member = member_of(data, key);
      return member == nullptr ? Facts{} : member_facts(data, *member);
    }
    case Page::routes:
      return facts_in(
          data.routes, key, [](const RouteFigures& one) { return key_of(one); }, route_facts);
    case Page::requests:
      return facts_in(data.requests.failed, key, request_key, request_facts);
    case Page::events:
      return facts_in(
          data.events, key, [](const Event& one) { return std::to_string(one.id); }, event_facts);
    case Page::sessions:
      return facts_in(
          data.wamp.sessions, key, [](const WampFigures& one) { return one.id; }, session_facts);
  }
  return {};
}

const Member* member_of(const TopData& data, const std::string& key) {
  const auto found =
      std::find_if(data.members.begin(), data.members.end(), [&](const Member& one) { return key_of(one) == key; });
  return found == data.members.end() ? nullptr : &*found;
}

List workers_list(const std::vector<Member>& workers) {
  List list{.columns = {name_column("NAME"), name_column("STATE"), number_column("WEIGHT"), number_column("OPEN"),
                        number_column("CAPACITY"), number_column("REQUESTS"), number_column("FAILURES"),
                        number_column("HERE"), name_column("GROUP"), name_column("ADDRESS"), name_column("SERVES")},
            .rows = {}};
  for (const Member& one : workers)
    list.rows.push_back({.key = key_of(one),
                         .cells = {text_cell(one.name), text_cell(one.state), count_cell(one.weight),
                                   count_cell(one.open), room_cell(one.capacity), count_cell(one.requests),
                                   count_cell(one.failures), age_cell(one.here_for_seconds), text_cell(one.pool),
                                   text_cell(one.address), text_cell(serves_text(one.serves))},
                         .is_bad = !one.is_fit});
  return list;
}

List servers_list(const std::vector<Member>& servers) {
  List list{.columns = {name_column("NAME"), name_column("POOL"), name_column("STATE"), number_column("WEIGHT"),
                        number_column("OPEN"), number_column("CAPACITY"), number_column("REQUESTS"),
                        number_column("FAILURES"), number_column("CONNECTIONS"), number_column("IDLE"),
                        name_column("ADDRESS")},
            .rows = {}};
  for (const Member& one : servers)
    list.rows.push_back(
        {.key = key_of(one),
         .cells = {text_cell(one.name), text_cell(one.pool), text_cell(one.state), count_cell(one.weight),
                   count_cell(one.open), room_cell(one.capacity), count_cell(one.requests), count_cell(one.failures),
                   count_cell(one.connections), count_cell(one.idle_connections), text_cell(one.address)},
         .is_bad = !one.is_fit});
  return list;
}

List requests_list(const std::vector<RequestRecord>& requests) {
  List list{
      .columns = {name_column("PATH"), number_column("STATUS", 1), name_column("REASON", 2), number_column("MS", 4),
                  name_column("METHOD", 5), name_column("MEMBER", 3), name_column("HOST", 6), name_column("TIME", 7)},
      .rows = {}};
  for (const RequestRecord& one : requests)
    list.rows.push_back({.key = request_key(one),
                         .cells = {text_cell(one.path),
                                   {printable(one.status), std::strtod(one.status.c_str(), nullptr)},
                                   text_cell(one.reason),
                                   {printable(one.total_ms), std::strtod(one.total_ms.c_str(), nullptr)},
                                   text_cell(one.method),
                                   text_cell(one.member),
                                   text_cell(one.host),
                                   text_cell(one.time)}});
  return list;
}

List sessions_list(const std::vector<WampFigures>& sessions) {
  List list{.columns = {name_column("CLIENT"), name_column("REALM"), name_column("STATE", 1), name_column("WHO", 4),
                        name_column("WORKER", 3), number_column("AGE", 2), number_column("IN", 5),
                        number_column("OUT", 5), number_column("BYTES-IN", 6), number_column("BYTES-OUT", 6),
                        name_column("SERIALIZERS", 7), name_column("PROTOCOL", 8), name_column("PATH", 9)},
            .rows = {}};
  for (const WampFigures& one : sessions)
    list.rows.push_back({.key = one.id,
                         .cells = {text_cell(one.address),
                                   text_cell(one.realm),
                                   text_cell(one.state),
                                   text_cell(one.authid),
                                   text_cell(one.worker),
                                   age_cell(one.age_seconds),
                                   count_cell(one.messages_in),
                                   count_cell(one.messages_out),
                                   size_cell(one.bytes_in),
                                   size_cell(one.bytes_out),
                                   {serializers_text(one)},
                                   text_cell(one.protocol),
                                   text_cell(one.host + one.path)}});
  return list;
}

List steps_list(const std::vector<Explanation::Step>& steps) {
  List list{.columns = {name_column("STEP"), name_column("FITS"), name_column("WHAT"), name_column("WHY")}, .rows = {}};
  for (const Explanation::Step& one : steps)
    list.rows.push_back(
        {.key = "", .cells = {text_cell(one.step), {yes_no(one.is_matched)}, text_cell(one.what), text_cell(one.why)}});
  return list;
}

List candidates_list(const std::vector<Explanation::Candidate>& members) {
  List list{.columns = {name_column("NAME"), name_column("KIND"), name_column("FIT"), name_column("NEXT"),
                        name_column("WHY")},
            .rows = {}};
  for (const Explanation::Candidate& one : members)
    list.rows.push_back({.key = "",
                         .cells = {text_cell(one.name),
                                   text_cell(one.kind),
                                   {yes_no(one.is_fit)},
                                   {one.is_next ? "next" : ""},
                                   text_cell(one.why)}});
  return list;
}

}  // namespace zeroway::console
