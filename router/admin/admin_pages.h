// The paths of the management listener that are read.
//
// Owner: nobody; a table.   Thread: any.
// Not here: paths that change something (admin/admin_actions.h), what is written (admin/census_json.h and others).
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "router/admin/admin_step.h"

namespace zeroway {

struct AdminPage {
  std::string path;
  std::string_view what;       // for the index
  WriteReply write = nullptr;  // null: `read` decides
  CensusScope scope = CensusScope::numbers;
  std::vector<std::string_view> parameters{};                // of the query; others are refused
  AdminStep (*read)(const AdminRequest& request) = nullptr;  // the step, after a look at the parameters
};

[[nodiscard]] std::span<const AdminPage> admin_pages();
// Null when there is none.
[[nodiscard]] const AdminPage* find_page(std::string_view path);

}  // namespace zeroway
