#include "router/console/top_looks.h"

#include <utility>

#include "router/console/commands.h"
#include "router/console/figure_reader.h"

namespace zeroway::console {

void TopLooks::look(Page page) {
  data_.now = clock_.wall_now();
  if (is_looking()) return;
  wanted_.push_back({"/api/v1/numbers", &data_.numbers_trouble, [this](const std::string& body) -> Result<void> {
                       auto numbers = read_numbers(body);
                       if (!numbers) return numbers.error();
                       data_.take(std::move(*numbers), loop_.now());
                       return {};
                     }});
  want_members(Member::Kind::worker, "/api/v1/workers");
  want_members(Member::Kind::server, "/api/v1/servers");
  want_page(page);
  ask_next();
}

void TopLooks::want_members(Member::Kind kind, const char* path) {
  wanted_.push_back({path, &data_.troubles[Page::members], [this, kind](const std::string& body) -> Result<void> {
                       auto members = read_members(kind, body);
                       if (!members) return members.error();
                       data_.take(kind, std::move(*members), loop_.now());
                       return {};
                     }});
}

void TopLooks::want_page(Page page) {
  if (page == Page::events) follow_events();
  if (page == Page::sessions) want_sessions();
  if (page == Page::routes)
    wanted_.push_back({"/api/v1/routes", &data_.troubles[page], [this](const std::string& body) -> Result<void> {
                         auto routes = read_routes(body);
                         if (!routes) return routes.error();
                         data_.take(std::move(*routes), loop_.now());
                         return {};
                       }});
  if (page == Page::requests)
    wanted_.push_back(
        {"/api/v1/requests?failed=100&slow=0", &data_.troubles[page], [this](const std::string& body) -> Result<void> {
           auto requests = read_requests(body);
           if (!requests) return requests.error();
           data_.requests = std::move(*requests);
           return {};
         }});
}

void TopLooks::want_sessions() {
  wanted_.push_back({"/api/v1/wamp", &data_.troubles[Page::sessions], [this](const std::string& body) -> Result<void> {
                       auto wamp = read_wamp(body);
                       if (!wamp) return wamp.error();
                       data_.wamp = std::move(*wamp);
                       return {};
                     }});
}

void TopLooks::ask_next() {
  if (wanted_.empty()) return told_();
  const Question question{.path = wanted_.front().path};
  client_.ask(question, [this, question](const Result<Told>& told) { answered(question, told); });
}

void TopLooks::answered(const Question& question, const Result<Told>& told) {
  data_.now = clock_.wall_now();
  if (!told) {
    data_.lost(told.error().detail, data_.now);
    wanted_.clear();
    return told_();
  }
  data_.outage.clear();
  const Want want = std::move(wanted_.front());
  wanted_.pop_front();
  *want.trouble = judge(question, told, client_.where());
  if (want.trouble->is_fine())
    if (const auto taken = want.take(told->body); !taken) *want.trouble = {ExitCode::refused, taken.error().detail};
  ask_next();
}

// --- Events

void TopLooks::follow_events() {
  if (std::exchange(is_following_, true)) return;
  const Question question{.path = "/api/v1/events?after=0"};  // all that the router still has
  stream_ = {};
  data_.events.clear();  // a router that began anew counts its events anew
  data_.troubles[Page::events] = {};
  client_.follow(
      question,
      [this](std::string_view bytes) {
        for (const StreamEvent& event : stream_.take(bytes)) take_event(event);
      },
      [this, question](const Result<Told>& told) { events_ended(question, told); });
}

void TopLooks::take_event(const StreamEvent& event) {
  if (event.name == "numbers") return;  // asked for themselves
  auto read = read_event(event.data);
  if (!read) return;
  data_.take(std::move(*read));
  told_();
}

// The next look at the page begins anew.
void TopLooks::events_ended(const Question& question, const Result<Told>& told) {
  is_following_ = false;
  data_.troubles[Page::events] = judge(question, told, client_.where());
}

}  // namespace zeroway::console
