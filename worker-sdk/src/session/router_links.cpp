#include "router_links.h"

#include <algorithm>
#include <utility>

#include "limits.h"

namespace zeroway {

namespace {

// The link to a deal endpoint of the user's endpoint `typed`.
LinkTarget target_of(const std::string& typed, const std::string& deal) {
  LinkTarget target;
  target.typed = typed;
  target.deal = deal;
  target.steer = *steer_endpoint(deal);  // the port was checked with the options
  target.label = typed == deal ? typed : typed + " (" + deal.substr(std::string_view("tcp://").size()) + ")";
  return target;
}

}  // namespace

void RouterLinks::set_routers(const std::vector<RouterAddresses>& routers) {
  routers_ = routers;
  review();
}

RouterLink* RouterLinks::find(const std::string& steer) {
  for (const auto& link : links_)
    if (link->role() != RouterLink::Role::unused && link->steer() == steer) return link.get();
  return nullptr;
}

// The addresses of the user's endpoints, and the loops that these routers have named.
std::vector<LinkTarget> RouterLinks::wanted() const {
  std::vector<LinkTarget> targets;
  const auto want = [&](LinkTarget target) {
    const auto is_same = [&](const LinkTarget& other) { return other.steer == target.steer; };
    if (std::none_of(targets.begin(), targets.end(), is_same)) targets.push_back(std::move(target));
  };
  for (const RouterAddresses& router : routers_)
    for (const std::string& deal : router.deals) want(target_of(router.typed, deal));
  const std::size_t configured = targets.size();
  for (const auto& link : links_) {
    const auto is_same = [&](const LinkTarget& target) { return target.steer == link->steer(); };
    const auto end = targets.begin() + static_cast<std::ptrdiff_t>(configured);
    if (link->role() != RouterLink::Role::serving || std::none_of(targets.begin(), end, is_same)) continue;
    for (const LinkTarget& sibling : link->siblings()) want(sibling);
  }
  return targets;
}

void RouterLinks::review() {
  if (context_.is_draining()) return;
  const std::vector<LinkTarget> targets = wanted();
  for (const auto& link : links_) {
    const auto is_same = [&](const LinkTarget& target) { return target.steer == link->steer(); };
    const bool is_wanted = std::any_of(targets.begin(), targets.end(), is_same);
    const bool is_in_use = link->role() == RouterLink::Role::serving || link->role() == RouterLink::Role::duplicate;
    if (!is_in_use || is_wanted) continue;
    context_.log().info(link->label() + " is no address of a router any more: leaving it");
    link->give_up(RouterLink::Role::unwanted);
  }
  for (const LinkTarget& target : targets) {
    if (find(target.steer) != nullptr) continue;  // a link that is being left is used again afterwards
    const auto is_unused = [](const auto& link) { return link->role() == RouterLink::Role::unused; };
    const auto spare_link = std::find_if(links_.begin(), links_.end(), is_unused);
    if (spare_link != links_.end()) {
      (*spare_link)->use(target);
    } else if (links_.size() < kMaxLinks) {
      links_.push_back(std::make_unique<RouterLink>(RouterLink::Parts{context_, streams_, *this}));
      links_.back()->use(target);
    } else {
      context_.complain(target.label + " is one router too many: " + std::to_string(kMaxLinks) + " are served");
    }
  }
}

void RouterLinks::hung_up(RouterLink& link) {
  link.hung_up();
  review();
}

bool RouterLinks::is_served_elsewhere(const RouterLink& link) const {
  return std::any_of(links_.begin(), links_.end(), [&](const auto& other) {
    return other.get() != &link && other->is_welcomed() && other->target().typed == link.target().typed;
  });
}

RouterLink* RouterLinks::find_double(const RouterLink& link) {
  for (const auto& other : links_) {
    const bool is_serving = other->is_welcomed() && other->role() == RouterLink::Role::serving;
    if (other.get() != &link && is_serving && other->peer() == link.peer()) return other.get();
  }
  return nullptr;
}

// The link that was kept has lost its connection, or leads to another router now.
void RouterLinks::review_duplicates() {
  if (context_.is_draining()) return;
  for (const auto& link : links_)
    if (link->role() == RouterLink::Role::duplicate && !link->is_up() && find_double(*link) == nullptr)
      link->serve_again();
}

void RouterLinks::welcomed(RouterLink& link, const Welcome& welcome, bool is_first) {
  context_.log().debug(link.label() + " is router " + link.peer());
  if (link.role() != RouterLink::Role::serving) return;
  if (RouterLink* const kept = find_double(link); kept != nullptr) {
    if (link.is_news(*kept))
      context_.log().info(link.label() + " is the router " + welcome.router + " that " + kept->label() +
                          " is: one connection is enough, and that one is kept");
    link.give_up(RouterLink::Role::duplicate);
    return;
  }
  if (!link.target().is_configured) return;
  if (is_first)
    context_.log().info("joined router " + welcome.router + " at " + link.label() + ", serves " + context_.served());
  const auto parts = split_tcp(link.steer());
  const std::string host = parts ? parts->host : std::string();
  std::vector<LinkTarget> siblings;
  for (std::size_t i = 0; i < welcome.pairs.size(); ++i) {
    if (i == welcome.loop) continue;  // the loop that sent this WELCOME, by whatever name we know it
    LinkTarget sibling;
    sibling.typed = link.target().typed;
    sibling.deal = as_dialled(welcome.pairs[i].deal, host);
    sibling.steer = as_dialled(welcome.pairs[i].steer, host);
    sibling.label = link.label() + ", loop " + std::to_string(i);
    sibling.is_configured = false;
    siblings.push_back(std::move(sibling));
  }
  link.set_siblings(std::move(siblings));
  review();
}

// The last router is lost. A link that is up again already has told when the worker began before.
void RouterLinks::look_after_realm() {
  const bool has_router =
      std::any_of(links_.begin(), links_.end(), [](const auto& link) { return link->is_welcomed(); });
  const bool is_lost = std::exchange(has_router_, has_router) && !has_router;
  if (!is_lost || context_.is_draining() || !context_.begin_anew()) return;
  for (const auto& link : links_)
    if (link->is_up()) link->say_hello();
}

void RouterLinks::end_turn() {
  review_duplicates();
  look_after_realm();
  for (const auto& link : links_)
    if (link->greets_at() <= context_.now()) link->up();
}

WorkerClock::time_point RouterLinks::next_timer() const {
  auto at = WorkerClock::time_point::max();
  for (const auto& link : links_) {
    at = std::min({at, link->greets_at(), link->health().next_look()});
    if (link->left_at() > context_.now()) at = std::min(at, link->left_at());
  }
  return at;
}

void RouterLinks::leave() {
  for (const auto& link : links_) link->leave();
}

bool RouterLinks::are_confirmed() const {
  return std::all_of(links_.begin(), links_.end(),
                     [](const auto& link) { return !link->is_up() || link->is_confirmed(); });
}

}  // namespace zeroway
