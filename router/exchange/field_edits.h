// What is changed in the fields of one head: some are removed, some set, some added, in this order.
//
// Owner: the caller; a value.   Thread: any, one at a time.
// Not here: changes that are the same for all requests of a route (router/plan/field_changes.h).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "proto/head.h"

namespace zeroway {

class FieldEdits {
 public:
  // Names are in lower case.
  void remove(std::string_view name) { removed_.emplace_back(name); }
  // Also the names that a backend may take for `name`: exchange/router_owned_fields.h, reads_like().
  void remove_alike(std::string_view name) { alike_.emplace_back(name); }
  // Replaces all fields of this name.
  void set(std::string_view name, std::string_view value) { set_.set(name, value); }
  // One more field of this name.
  void add(std::string_view name, std::string_view value) { added_.add(name, value); }
  // Of all fields `cookie`, the cookies of this name (RFC 6265 §4.2.1); of the path's query, the parameters of this
  // name.
  void remove_cookie(std::string_view name) { cookies_.emplace_back(name); }
  void remove_parameter(std::string_view name) { parameters_.emplace_back(name); }
  // `name` is in the list of `vary`, once.
  void vary_by(std::string_view name) { varied_.emplace_back(name); }

  void apply(Head& head) const;
  // Removes from trailers what a backend would merge with the fields that were removed or set.
  void clean_trailers(Head& trailers) const;
  // Adds the changes of `later`, which are made after these.
  void append(const FieldEdits& later);
  [[nodiscard]] bool is_empty() const {
    return removed_.empty() && alike_.empty() && cookies_.empty() && parameters_.empty() && set_.is_empty() &&
           added_.is_empty() && varied_.empty();
  }

 private:
  std::vector<std::string> removed_, alike_, cookies_, parameters_, varied_;
  Head set_, added_;
};

}  // namespace zeroway
