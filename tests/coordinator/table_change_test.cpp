#include "router/coordinator/table_change.h"

#include <doctest/doctest.h>

#include <memory>
#include <utility>

using namespace zeroway;

namespace {

struct View final : CircuitView {
  explicit View(CircuitSpec of) : spec_(std::move(of)) {}
  [[nodiscard]] const CircuitSpec& spec() const override { return spec_; }
  [[nodiscard]] bool is_in_force() const override { return true; }
  [[nodiscard]] std::vector<MemberFacts> members(Time) const override { return {}; }
  [[nodiscard]] const CircuitUse* use() const override { return nullptr; }
  CircuitSpec spec_;
};

CircuitSpec circuit(const std::string& id, const std::string& owner, const std::string& service = "x") {
  CircuitSpec spec;
  spec.id = id;
  spec.owner = owner;
  spec.session = "s";
  spec.service = service;
  return spec;
}

CircuitList list_of(const std::vector<CircuitSpec>& specs) {
  CircuitList list;
  for (const CircuitSpec& spec : specs) list.all.push_back(std::make_shared<View>(spec));
  return list;
}

std::string ids_of(const std::vector<CircuitSpec>& specs) {
  std::string text;
  for (const CircuitSpec& spec : specs) text += spec.id + " ";
  return text;
}

}  // namespace

TEST_CASE("table change: only what differs is put, what is no longer wanted goes, what others have stays") {
  const CircuitList there =
      list_of({circuit("a", "me"), circuit("b", "me"), circuit("c", "me"), circuit("d", ""), circuit("e", "other")});
  const TableChange change =
      change_to({circuit("a", "me"), circuit("b", "me", "y"), circuit("d", "me"), circuit("f", "me")}, there, "me");
  CHECK(ids_of(change.change.put) == "b f ");
  CHECK(change.change.removed == std::vector<std::string>{"c"});
  CHECK(change.taken == std::vector<std::string>{"d"});
  CHECK_FALSE(change.change.replaces);
  CHECK_FALSE(change.is_empty());
}

TEST_CASE("table change: the same table changes nothing") {
  CHECK(change_to({circuit("a", "me")}, list_of({circuit("a", "me")}), "me").is_empty());
  CHECK(change_to({}, {}, "me").is_empty());
}
