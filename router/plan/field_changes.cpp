#include "router/plan/field_changes.h"

namespace zeroway {

void FieldChanges::apply(Head& head, const FieldValues& values, std::string& scratch) const {
  for (const std::string& name : removed_) head.remove(name);
  const auto written = [&](const Field& field) -> std::string_view {
    scratch.clear();
    field.value.write(values, scratch);
    return scratch;
  };
  for (const Field& field : set_) head.set(field.name, written(field));
  for (const Field& field : added_) head.add(field.name, written(field));
  for (const Field& field : absent_) {
    if (!head.has(field.name)) head.add(field.name, written(field));
  }
}

}  // namespace zeroway
