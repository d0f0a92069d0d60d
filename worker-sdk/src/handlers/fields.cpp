#include "zeroway/fields.h"

#include <cassert>

#include "proto/head.h"

namespace zeroway {

FieldsView::FieldsView(const Head& head, std::size_t first) : head_(&head), first_(first), size_(head.size() - first) {}

FieldView FieldsView::operator[](std::size_t index) const {
  assert(index < size_);
  const Field field = (*head_)[first_ + index];
  return {field.name, field.value};
}

std::optional<std::string_view> FieldsView::find(std::string_view name) const {
  for (const FieldView field : *this)
    if (field.name == name) return field.value;
  return std::nullopt;
}

std::size_t FieldsView::count(std::string_view name) const {
  std::size_t found = 0;
  for (const FieldView field : *this) found += field.name == name ? 1 : 0;
  return found;
}

}  // namespace zeroway
