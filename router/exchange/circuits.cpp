#include "router/exchange/circuits.h"

#include <string>
#include <utility>

#include "router/plan/sticky_rule.h"
#include "router/route/circuit_path.h"

namespace zeroway {

namespace {

const PermitRule kOpen;                 // of models that say nothing
constexpr int kPermanent = 308;         // RFC 9110 §15.4.9: the method stays
constexpr std::size_t kLeastLook = 64;  // changes until the known circuits are looked through

// What the circuit itself says beats what its site says for all.
void apply(const CircuitSpec& spec, Route& route) {
  route.strips_prefix = spec.strip_prefix.value_or(route.strips_prefix);
  route.moves_locations = spec.rewrite_location.value_or(route.moves_locations);
  route.moves_cookies = spec.rewrite_cookie_path.value_or(route.moves_cookies);
  if (spec.sticky) route.sticky = sticky_rule_of(*spec.sticky);
  if (!spec.servers.empty()) route.tells_worker = false;  // their addresses are nobody's business
}

Route redirect_to_slash(const Route& model, const std::string& path) {
  Route route = model;
  route.path = path;
  route.own_answer = OwnAnswer::redirect;
  route.redirect_status = kPermanent;
  route.redirect =
      std::make_shared<const RewritePattern>(*RewritePattern::read("", path + "/", RewritePattern::Use::redirect));
  return route;
}

}  // namespace

std::shared_ptr<const Circuit> Circuits::make(const std::string& path, const Route& model, Entry entry) {
  auto circuit = std::make_shared<Circuit>();
  circuit->route = model;
  circuit->model = &model;
  circuit->spec = source_->spec_of(path);
  circuit->backend = source_->backend_of(path);
  if (source_->is_tcp(path)) circuit->tunnels = source_->tunnels_of(path);
  circuit->guard.rule = model.permits != nullptr ? model.permits : &kOpen;
  circuit->guard.path = path;
  if (circuit->spec) circuit->guard.rights = rights_of(*circuit->spec);
  if (uses_ != nullptr) circuit->use = uses_->of(path);
  if (circuit->spec)
    for (const std::string& pattern : circuit->spec->idle_ignores)
      static_cast<void>(circuit->idle_ignores.add(pattern));
  Route& route = circuit->route;
  if (circuit->spec) apply(*circuit->spec, route);
  if (entry == Entry::path) {
    route.path = path;
    circuit->to_slash = redirect_to_slash(model, path);
  } else {  // workers see every path as it is
    route.strips_prefix = route.moves_locations = route.moves_cookies = false;
  }
  return circuit;
}

// Whether the circuit is as it was made.
bool Circuits::is_still(const Known& known) const {
  return source_->presence(known.path) == CircuitSource::Presence::announced &&
         source_->spec_of(known.path) == known.circuit->spec &&
         source_->backend_of(known.path) == known.circuit->backend;
}

// Asked once after each change of any of them.
bool Circuits::is_still_known(Known& known) const {
  const std::uint64_t version = source_->circuits_version();
  if (known.version == version) return true;
  if (!is_still(known)) return false;
  known.version = version;
  return true;
}

std::shared_ptr<const Circuit> Circuits::find(std::string_view path, const Route& model) {
  return find(known_, circuit_of(path), model, Entry::path);
}

std::shared_ptr<const Circuit> Circuits::find_whole(std::string_view circuit, const Route& model) {
  return find(known_whole_, circuit, model, Entry::whole);
}

std::shared_ptr<const Circuit> Circuits::find(ByText<Known>& known, std::string_view name, const Route& model,
                                              Entry entry) {
  if (source_ == nullptr || name.empty()) return nullptr;
  forget_gone();
  const auto found = known.find(name);
  if (found != known.end() && is_still_known(found->second)) return found->second.circuit;
  if (found != known.end()) known.erase(found);
  const CircuitSource::Presence presence = source_->presence(name);
  if (presence == CircuitSource::Presence::unknown) return nullptr;
  const std::string key(name);
  auto circuit = make(key, model, entry);
  if (presence == CircuitSource::Presence::announced) known[key] = {circuit, key, source_->circuits_version()};
  return circuit;
}

std::shared_ptr<const Circuit> Circuits::find_label(std::string_view label, const Route& model) {
  if (source_ == nullptr || label.empty()) return nullptr;
  forget_gone();
  CircuitSource::Presence presence{};
  const std::string path = path_of(label, presence);
  if (path.empty()) return nullptr;
  const auto found = known_labels_.find(label);
  if (found != known_labels_.end() && found->second.path == path && is_still_known(found->second))
    return found->second.circuit;
  auto circuit = make(path, model, Entry::whole);
  if (presence == CircuitSource::Presence::announced)
    known_labels_[std::string(label)] = {circuit, path, source_->circuits_version()};
  return circuit;
}

std::shared_ptr<const Circuit> Circuits::find_named(std::string_view name, const Route& model) {
  if (source_ == nullptr) return nullptr;
  if (const std::string_view path = source_->path_of_id(name); !path.empty()) return find(path, model);
  return circuit_of(name) == name ? find(name, model) : nullptr;
}

// A label may name another circuit when one more is announced.
std::string Circuits::path_of(std::string_view label, CircuitSource::Presence& presence) const {
  const auto known = known_labels_.find(label);
  if (known != known_labels_.end() && known->second.version == source_->circuits_version()) {
    presence = CircuitSource::Presence::announced;
    return known->second.path;
  }
  if (const std::string_view path = source_->path_of_subdomain(label); !path.empty()) {
    presence = CircuitSource::Presence::announced;
    return std::string(path);
  }
  std::string expected;
  for (const std::string& path : circuits_of_label(label)) {
    const CircuitSource::Presence here = source_->presence(path);
    if (here == CircuitSource::Presence::announced) {
      presence = here;
      return path;
    }
    if (here == CircuitSource::Presence::expected && expected.empty()) expected = path;
  }
  presence = CircuitSource::Presence::expected;
  return expected;
}

bool Circuits::may_come(std::string_view path, std::string_view label) const {
  return source_ != nullptr && source_->is_waiting_for_circuits() && (!circuit_of(path).empty() || !label.empty());
}

// One look at all of them for as many changes: the known circuits do not become more than twice those that are there.
void Circuits::forget_gone() {
  const std::uint64_t version = source_->circuits_version();
  if (version - looked_ < kLeastLook + known_.size() + known_labels_.size() + known_whole_.size()) return;
  looked_ = version;
  const auto is_gone = [this](const auto& one) { return !is_still(one.second); };
  std::erase_if(known_, is_gone);
  std::erase_if(known_labels_, is_gone);
  std::erase_if(known_whole_, is_gone);
}

}  // namespace zeroway
