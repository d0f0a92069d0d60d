// What operators may do at the management listener, as the plan knows it.
//
// Owner: the plan; a value.   Thread: any; never changed.
// Not here: the backend itself (router/admin/admin_backend.h).
#pragma once
#include <string>
#include <vector>

namespace zeroway {

struct AdminSpec {
  std::string token;                   // that a change needs; "" = nothing may be changed
  std::vector<std::string> hostnames;  // that Host may name, besides addresses and localhost; lower case

  bool operator==(const AdminSpec&) const = default;
};

}  // namespace zeroway
