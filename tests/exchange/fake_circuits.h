// Services of sessions that a test announces; all of them are answered by one backend.
//
// Owner: a test.   Thread: one.
// Not here: workers (tests/fabric).
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "router/exchange/circuit_source.h"

namespace zeroway {

class FakeCircuits final : public CircuitSource {
 public:
  [[nodiscard]] Presence presence(std::string_view path) const override {
    return announced.contains(std::string(path)) ? Presence::announced : Presence::unknown;
  }
  [[nodiscard]] std::shared_ptr<Backend> backend_of(const std::string& path) override { return announced.at(path); }
  [[nodiscard]] std::uint64_t circuits_version() const override { return version; }

  // `path`: "/SESSION/SERVICE". The backend is the test's.
  void announce(const std::string& path, Backend& backend) {
    announced.emplace(path, std::shared_ptr<Backend>(&backend, [](Backend*) {}));
    ++version;
  }

  std::map<std::string, std::shared_ptr<Backend>> announced;
  std::uint64_t version = 1;
};

}  // namespace zeroway
