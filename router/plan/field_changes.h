// What a route changes in the fields of heads that pass: some are removed, some set, some added, in this order.
//
// Owner: a route; immutable.   Thread: any.
// Not here: fields that the router owns (router/exchange/router_owned_fields.h), when heads pass (router/exchange).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "proto/head.h"
#include "router/route/field_template.h"

namespace zeroway {

class FieldChanges {
 public:
  void remove(std::string name) { removed_.push_back(std::move(name)); }
  // Replaces all fields of this name.
  void set(std::string name, FieldTemplate value) { set_.push_back({std::move(name), std::move(value)}); }
  // One more field of this name.
  void add(std::string name, FieldTemplate value) { added_.push_back({std::move(name), std::move(value)}); }
  // Only where the head has no field of this name.
  void set_if_absent(std::string name, FieldTemplate value) { absent_.push_back({std::move(name), std::move(value)}); }

  // `values` must not point into `head`. `scratch` is memory to be used again.
  void apply(Head& head, const FieldValues& values, std::string& scratch) const;
  [[nodiscard]] bool is_empty() const { return removed_.empty() && set_.empty() && added_.empty() && absent_.empty(); }

 private:
  struct Field {
    std::string name;
    FieldTemplate value;
  };

  std::vector<std::string> removed_;
  std::vector<Field> set_, added_, absent_;
};

}  // namespace zeroway
