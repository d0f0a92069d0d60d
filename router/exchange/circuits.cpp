#include "router/exchange/circuits.h"

#include <string>
#include <utility>

#include "router/route/circuit_path.h"

namespace zeroway {

namespace {

constexpr int kPermanent = 308;  // RFC 9110 §15.4.9: the method stays

std::shared_ptr<Circuit> circuit_by(const Route& model, std::shared_ptr<Backend> backend) {
  auto circuit = std::make_shared<Circuit>();
  circuit->route = circuit->to_slash = model;
  circuit->model = &model;
  circuit->backend = std::move(backend);
  return circuit;
}

std::shared_ptr<const Circuit> make_path_circuit(const std::string& path, const Route& model,
                                                 std::shared_ptr<Backend> backend) {
  auto circuit = circuit_by(model, std::move(backend));
  circuit->route.path = path;
  Route& to_slash = circuit->to_slash;
  to_slash.path = path;
  to_slash.own_answer = OwnAnswer::redirect;
  to_slash.redirect_status = kPermanent;
  to_slash.redirect =
      std::make_shared<const RewritePattern>(*RewritePattern::read("", path + "/", RewritePattern::Use::redirect));
  return circuit;
}

// Its workers see every path as it is.
std::shared_ptr<const Circuit> make_host_circuit(const Route& model, std::shared_ptr<Backend> backend) {
  auto circuit = circuit_by(model, std::move(backend));
  Route& route = circuit->route;
  route.strips_prefix = route.moves_locations = route.moves_cookies = false;
  return circuit;
}

}  // namespace

std::shared_ptr<const Circuit> Circuits::find(std::string_view path, const Route& model) {
  const std::string_view name = circuit_of(path);
  if (source_ == nullptr || name.empty()) return nullptr;
  if (source_->circuits_version() != version_) forget_gone();
  if (const auto known = known_.find(name); known != known_.end()) return known->second;
  const CircuitSource::Presence presence = source_->presence(name);
  if (presence == CircuitSource::Presence::unknown) return nullptr;
  const std::string key(name);
  auto circuit = make_path_circuit(key, model, source_->backend_of(key));
  if (presence == CircuitSource::Presence::announced) known_.emplace(key, circuit);
  return circuit;
}

std::shared_ptr<const Circuit> Circuits::find_label(std::string_view label, const Route& model) {
  if (source_ == nullptr || label.empty()) return nullptr;
  if (source_->circuits_version() != version_) forget_gone();
  if (const auto known = known_labels_.find(label); known != known_labels_.end()) return known->second;
  std::string expected;
  for (const std::string& path : circuits_of_label(label)) {
    const CircuitSource::Presence presence = source_->presence(path);
    if (presence == CircuitSource::Presence::announced) {
      auto circuit = make_host_circuit(model, source_->backend_of(path));
      known_labels_.emplace(label, circuit);
      return circuit;
    }
    if (presence == CircuitSource::Presence::expected && expected.empty()) expected = path;
  }
  return expected.empty() ? nullptr : make_host_circuit(model, source_->backend_of(expected));
}

// A label may name another circuit when one more is announced, so all labels are read anew.
void Circuits::forget_gone() {
  version_ = source_->circuits_version();
  known_labels_.clear();
  std::erase_if(known_,
                [this](const auto& one) { return source_->presence(one.first) != CircuitSource::Presence::announced; });
}

}  // namespace zeroway
