#include "router/exchange/circuits.h"

#include <string>
#include <utility>

#include "router/route/circuit_path.h"

namespace zeroway {

namespace {

constexpr int kPermanent = 308;  // RFC 9110 §15.4.9: the method stays

std::shared_ptr<const Circuit> make_circuit(const std::string& path, const Route& model,
                                            std::shared_ptr<Backend> backend) {
  auto circuit = std::make_shared<Circuit>();
  circuit->route = model;
  circuit->route.path = path;
  circuit->to_slash = model;
  circuit->to_slash.path = path;
  circuit->to_slash.own_answer = OwnAnswer::redirect;
  circuit->to_slash.redirect_status = kPermanent;
  circuit->to_slash.redirect =
      std::make_shared<const RewritePattern>(*RewritePattern::read("", path + "/", RewritePattern::Use::redirect));
  circuit->model = &model;
  circuit->backend = std::move(backend);
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
  auto circuit = make_circuit(key, model, source_->backend_of(key));
  if (presence == CircuitSource::Presence::announced) known_.emplace(key, circuit);
  return circuit;
}

void Circuits::forget_gone() {
  version_ = source_->circuits_version();
  std::erase_if(known_,
                [this](const auto& one) { return source_->presence(one.first) != CircuitSource::Presence::announced; });
}

}  // namespace zeroway
