// The backend of a pool that has servers and workers: picks one of its parts for each request, and hands the request
// on. The part answers the exchange itself.
//
//     open() ── part with free room, in turn ──▶ its open() ──▶ the exchange
//                          nobody there, or full for too long ──▶ the exchange opens again, at another part
//
// Owner: the router keeps one for each pool and loop.   Thread: one loop.
// Not here: which part is picked (route/part_chooser.h), servers (backends/servers_backend.h), workers (router/fabric),
// opening again (router/exchange).
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "router/exchange/backend.h"
#include "router/plan/mixed_spec.h"
#include "router/route/part_chooser.h"

namespace zeroway {

class MixedBackend final : public Backend {
 public:
  // `parts`: the servers of the specification, if it has any, and then the backend of each of its groups.
  MixedBackend(const MixedSpec& spec, std::vector<std::shared_ptr<Backend>> parts);

  [[nodiscard]] BackendStream open(const BackendRequest& request, ReplyTo reply_to) override;
  // Streams belong to the parts: nobody has a key for these.
  void data(StreamKey, Bytes) override {}
  void end(StreamKey, const Head&) override {}
  void reset(StreamKey, ResetCode) override {}
  void credit(StreamKey, std::uint32_t) override {}

  [[nodiscard]] PartState state(const BackendRequest& request) const override;
  [[nodiscard]] bool has_wanted_member(const BackendRequest& request) const override;
  [[nodiscard]] std::size_t alternatives(const Backend& failed) const override;
  [[nodiscard]] bool is_ready() const override;
  [[nodiscard]] std::vector<MemberFacts> members() const override;

 private:
  [[nodiscard]] std::optional<std::size_t> index_of(const Backend* part) const;

  const PoolSpec rules_;                         // of these only the balance counts here
  std::vector<std::shared_ptr<Backend>> parts_;  // in the order of the file
  PartChooser chooser_;
  std::vector<PartState> states_;  // of one opening
};

}  // namespace zeroway
