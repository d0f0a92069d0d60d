// The workers of one group, app or realm as a backend: streams that are opened here are placed among these workers
// alone.
//
// Owner: Fabric, for as long as it lives.   Thread: one loop.
// Not here: which workers are in the group (router/fabric/claims.h).
#pragma once
#include <string>
#include <vector>

#include "router/exchange/backend.h"
#include "router/route/route_table.h"

namespace zeroway {

class Fabric;
class Membership;

class FabricGroup : public Backend {
 public:
  FabricGroup(Fabric& fabric, const Membership& membership, std::string name, PoolId pool);

  [[nodiscard]] BackendStream open(const BackendRequest& request, ReplyTo reply_to) override;
  void data(StreamKey stream, Bytes bytes) override;
  void piece(StreamKey stream, Bytes bytes, MessageKind kind, Last last) override;
  void end(StreamKey stream, const Head& trailers) override;
  void reset(StreamKey stream, ResetCode code) override;
  void credit(StreamKey stream, std::uint32_t bytes) override;
  [[nodiscard]] bool has_wanted_member(const BackendRequest& request) const override;
  [[nodiscard]] PartState state(const BackendRequest&) const override;
  [[nodiscard]] bool is_ready() const override;
  [[nodiscard]] std::vector<MemberFacts> members() const override;

 private:
  Fabric& fabric_;
  const Membership& membership_;
  std::string name_;
  PoolId pool_;
};

}  // namespace zeroway
