#include "router/admin/backend_words.h"

#include <variant>

namespace zeroway {

BackendSpec inner_of(const BackendSpec& spec) {
  const auto unwrapped = [](const auto& inner) { return BackendSpec(inner); };
  if (const auto* coded = std::get_if<CodedSpec>(&spec)) return std::visit(unwrapped, coded->inner);
  if (const auto* tunnel = std::get_if<TunnelSpec>(&spec)) return std::visit(unwrapped, tunnel->inner);
  return spec;
}

std::string_view kind_of(const BackendSpec& spec) {
  constexpr std::string_view kKinds[] = {"workers", "servers", "files", "mixed", "coded",
                                         "admin",   "tunnel",  "wamp",  "page"};
  return kKinds[inner_of(spec).index()];
}

std::string name_of(const BackendSpec& spec) {
  const BackendSpec inner = inner_of(spec);
  if (const PoolSpec* pool = servers_of(inner)) return pool->name;
  if (const auto* group = std::get_if<GroupSpec>(&inner))
    return group->group.empty() ? "fabric" : "fabric:" + group->group;
  if (std::holds_alternative<WampSpec>(inner)) return "wamp";
  const auto* files = std::get_if<FilesSpec>(&inner);
  return files != nullptr ? files->root : "";
}

}  // namespace zeroway
