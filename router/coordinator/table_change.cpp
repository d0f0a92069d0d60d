#include "router/coordinator/table_change.h"

#include <map>
#include <set>
#include <utility>

namespace zeroway {

TableChange change_to(std::vector<CircuitSpec> wanted, const CircuitList& there, const std::string& owner) {
  std::map<std::string, const CircuitSpec*> known;
  for (const auto& view : there.all) known.emplace(view->spec().id, &view->spec());
  TableChange result;
  std::set<std::string> ids;
  for (CircuitSpec& spec : wanted) {
    ids.insert(spec.id);
    const auto found = known.find(spec.id);
    const CircuitSpec* const before = found == known.end() ? nullptr : found->second;
    if (before != nullptr && before->owner != owner) {
      result.taken.push_back(spec.id);
    } else if (before == nullptr || *before != spec) {
      result.change.put.push_back(std::move(spec));
    }
  }
  for (const auto& [id, spec] : known)
    if (spec->owner == owner && !ids.contains(id)) result.change.removed.push_back(id);
  return result;
}

}  // namespace zeroway
