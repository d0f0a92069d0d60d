#include "router/backends/mixed_backend.h"

#include <algorithm>
#include <utility>

#include "router/backends/balance_key.h"

namespace zeroway {

namespace {

std::uint32_t weight_of(const PoolSpec& servers, ServerSpec::State state) {
  std::uint32_t weight = 0;
  for (const ServerSpec& server : servers.servers) {
    if (server.state != state) continue;
    weight += servers.balance == BalanceMethod::round_robin ? std::min(server.weight, 1U) : server.weight;
  }
  return weight;
}

// In turn, each server counts once, and the workers of a group count once; else the weights count. Servers on standby
// count where there are no others.
std::uint32_t weight_of(const PoolSpec& servers) {
  const std::uint32_t active = weight_of(servers, ServerSpec::State::active);
  return active > 0 ? active : weight_of(servers, ServerSpec::State::standby);
}

std::vector<Part> parts_of(const MixedSpec& spec) {
  std::vector<Part> parts;
  if (!spec.servers.servers.empty()) parts.push_back({"servers", weight_of(spec.servers)});
  for (const auto& [group, weight] : spec.workers) {
    const bool is_in_turn = spec.servers.balance == BalanceMethod::round_robin;
    parts.push_back({"fabric:" + group.group, is_in_turn ? std::min(weight, 1U) : weight});
  }
  if (spec.are_workers_first && !spec.servers.servers.empty())
    std::rotate(parts.begin(), parts.begin() + 1, parts.end());
  return parts;
}

std::vector<std::shared_ptr<Backend>> in_order(const MixedSpec& spec, std::vector<std::shared_ptr<Backend>> parts) {
  if (spec.are_workers_first && !spec.servers.servers.empty())
    std::rotate(parts.begin(), parts.begin() + 1, parts.end());
  return parts;
}

}  // namespace

MixedBackend::MixedBackend(const MixedSpec& spec, std::vector<std::shared_ptr<Backend>> parts)
    : rules_(spec.servers),
      parts_(in_order(spec, std::move(parts))),
      chooser_(spec.servers.balance, parts_of(spec)),
      states_(parts_.size()) {}

BackendStream MixedBackend::open(const BackendRequest& request, ReplyTo reply_to) {
  if (request.affinity != nullptr && !request.affinity->members.empty())
    for (const auto& part : parts_)
      if (part.get() != request.failed && part->has_wanted_member(request)) return part->open(request, reply_to);
  for (std::size_t index = 0; index < parts_.size(); ++index) states_[index] = parts_[index]->state(request);
  const std::size_t picked = chooser_.pick(balance_key(rules_, request), states_, index_of(request.failed));
  return parts_[picked]->open(request, reply_to);
}

PartState MixedBackend::state(const BackendRequest& request) const {
  PartState all{PartState::Room::nobody, 0};
  for (const auto& part : parts_) {
    const PartState state = part->state(request);
    all.room = std::max(all.room, state.room);
    all.open += state.open;
  }
  return all;
}

bool MixedBackend::has_wanted_member(const BackendRequest& request) const {
  return std::any_of(parts_.begin(), parts_.end(), [&](const auto& part) { return part->has_wanted_member(request); });
}

std::size_t MixedBackend::alternatives(const Backend& failed) const {
  return static_cast<std::size_t>(std::count_if(
      parts_.begin(), parts_.end(), [&](const auto& part) { return part.get() != &failed && part->is_ready(); }));
}

bool MixedBackend::is_ready() const {
  return std::any_of(parts_.begin(), parts_.end(), [](const auto& part) { return part->is_ready(); });
}

std::vector<MemberFacts> MixedBackend::members() const {
  std::vector<MemberFacts> all;
  for (const auto& part : parts_)
    for (MemberFacts& member : part->members()) all.push_back(std::move(member));
  return all;
}

std::optional<std::size_t> MixedBackend::index_of(const Backend* part) const {
  const auto found = std::find_if(parts_.begin(), parts_.end(), [part](const auto& one) { return one.get() == part; });
  if (part == nullptr || found == parts_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - parts_.begin());
}

}  // namespace zeroway
