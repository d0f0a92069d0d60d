#include "router/settings/place_and_path.h"

#include <utility>

#include "router/settings/words.h"

namespace zeroway {

std::optional<PlaceAndPath> read_place_and_path(const std::string& word) {
  const auto mark = word.starts_with("unix:") ? word.rfind("=/") : word.find("=/");
  if (mark == std::string::npos) return std::nullopt;
  const std::string place = word.substr(0, mark);
  std::string path = word.substr(mark + 1);
  const bool is_port = place.find_first_not_of("0123456789") == std::string::npos;
  auto listen = read_listen_address(is_port ? "*:" + place : place);
  if (!listen || !is_path(path)) return std::nullopt;
  return PlaceAndPath{std::move(*listen), std::move(path)};
}

}  // namespace zeroway
