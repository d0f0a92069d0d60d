#include "router/fabric/fabric_group.h"

#include <utility>

#include "router/fabric/fabric.h"

namespace zeroway {

FabricGroup::FabricGroup(Fabric& fabric, const Membership& membership, std::string name, PoolId pool)
    : fabric_(fabric), membership_(membership), name_(std::move(name)), pool_(pool) {}

BackendStream FabricGroup::open(const BackendRequest& request, ReplyTo reply_to) {
  return fabric_.open_in(pool_, request, reply_to);
}

void FabricGroup::data(StreamKey stream, Bytes bytes) { fabric_.data(stream, bytes); }

void FabricGroup::piece(StreamKey stream, Bytes bytes, MessageKind kind, Last last) {
  fabric_.piece(stream, bytes, kind, last);
}

void FabricGroup::end(StreamKey stream, const Head& trailers) { fabric_.end(stream, trailers); }

void FabricGroup::reset(StreamKey stream, ResetCode code) { fabric_.reset(stream, code); }

void FabricGroup::credit(StreamKey stream, std::uint32_t bytes) { fabric_.credit(stream, bytes); }

PartState FabricGroup::state(const BackendRequest&) const { return fabric_.state_in(pool_); }

bool FabricGroup::has_wanted_member(const BackendRequest& request) const { return fabric_.has_wanted(pool_, request); }

bool FabricGroup::is_ready() const {
  return membership_.has_any([this](const Worker& worker) { return worker.hello.group == name_; });
}

std::vector<MemberFacts> FabricGroup::members() const {
  return membership_.members([this](const Worker& worker) { return worker.hello.group == name_; });
}

}  // namespace zeroway
