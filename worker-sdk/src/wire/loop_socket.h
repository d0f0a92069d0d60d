// The engine loop: the worker speaks ZMTP itself, on plain sockets that its own loop polls. It has no thread.
//
// Owner: WorkerLoop.   Thread: the loop.
// Not here: one connection (loop_connection.h), which connection is wanted, and when (worker_loop.h).
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "loop_connection.h"
#include "worker_wire.h"

namespace zeroway {

class LoopSocket final : public WorkerWire {
 public:
  LoopSocket() = default;
  LoopSocket(const LoopSocket&) = delete;
  LoopSocket& operator=(const LoopSocket&) = delete;

  [[nodiscard]] Result<> open(const WorkerOptions& options) override;
  void close(std::chrono::milliseconds linger) override;

  [[nodiscard]] Result<> connect(const std::string& endpoint, const ConnectionKey& key,
                                 const std::string& instance) override;
  void disconnect(const ConnectionKey& key, std::chrono::milliseconds linger) override;
  [[nodiscard]] bool has_ended(const ConnectionKey& key) override;

  [[nodiscard]] Result<> send(const ConnectionKey& to, MessageWriter& message) override;
  bool receive(TimePoint now, WireEvents& events) override;

  [[nodiscard]] bool is_dry() const override;
  void add_sockets(std::vector<pollfd>& sockets) const override;
  void take(std::span<const pollfd> sockets) override;
  [[nodiscard]] TimePoint next_step() const override;

 private:
  using Connections = std::vector<std::unique_ptr<LoopConnection>>;

  [[nodiscard]] Connections::iterator find(const ConnectionKey& key);
  void go_on_leaving(TimePoint now);

  std::optional<CurveKeys> keys_;
  Connections connections_;
  Connections leaving_;  // disconnected: only their last bytes are still on their way
};

}  // namespace zeroway
