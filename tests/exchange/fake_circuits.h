// Services of sessions that a test announces; all of them are answered by one backend.
//
// Owner: a test.   Thread: one.
// Not here: workers (tests/fabric).
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "router/exchange/circuit_source.h"

namespace zeroway {

class FakeCircuits final : public CircuitSource {
 public:
  [[nodiscard]] Presence presence(std::string_view path) const override {
    return announced.contains(std::string(path)) ? Presence::announced : Presence::unknown;
  }
  [[nodiscard]] std::shared_ptr<Backend> backend_of(const std::string& path) override { return announced.at(path); }
  [[nodiscard]] std::shared_ptr<const CircuitSpec> spec_of(std::string_view path) const override {
    const auto found = specs.find(std::string(path));
    return found == specs.end() ? nullptr : found->second;
  }
  [[nodiscard]] std::string_view path_of_id(std::string_view id) const override {
    for (const auto& [path, spec] : specs)
      if (spec->id == id) return path;
    return {};
  }
  [[nodiscard]] std::uint64_t circuits_version() const override { return version; }

  // `path`: "/SESSION/SERVICE". The backend is the test's.
  void announce(const std::string& path, Backend& backend) {
    announced.emplace(path, std::shared_ptr<Backend>(&backend, [](Backend*) {}));
    ++version;
  }

  // The management API says this of it.
  void put(CircuitSpec spec, Backend& backend) {
    const std::string path = spec.path();
    specs[path] = std::make_shared<const CircuitSpec>(std::move(spec));
    announce(path, backend);
  }

  std::map<std::string, std::shared_ptr<Backend>> announced;
  std::map<std::string, std::shared_ptr<const CircuitSpec>> specs;
  std::uint64_t version = 1;
};

}  // namespace zeroway
