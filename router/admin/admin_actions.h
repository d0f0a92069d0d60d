// The paths of the management listener that change something.
//
// Owner: nobody; a table.   Thread: any.
// Not here: paths that are read (admin/admin_pages.h), what a change does (router/operator_desk.h).
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "router/admin/admin_step.h"

namespace zeroway {

struct AdminAction {
  std::string_view method;
  std::string_view before, after;  // of the name in the path; a path without a name is `before`, without '/' at its end
  AdminStep (*read)(const AdminRequest& request, const std::string& name) = nullptr;
  std::string_view what;  // for the index
};

[[nodiscard]] std::span<const AdminAction> admin_actions();
// "PATCH /api/v1/workers/NAME".
[[nodiscard]] std::string name_of(const AdminAction& action);
// The name in the path, decoded; "" when the action has none. Nothing: the path is another one.
[[nodiscard]] std::optional<std::string> name_in(const AdminAction& action, std::string_view path);

}  // namespace zeroway
