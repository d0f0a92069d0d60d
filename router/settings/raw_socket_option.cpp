#include "router/settings/raw_socket_option.h"

#include <utility>

#include "router/settings/place_and_path.h"

namespace zeroway {

Result<RawSocketListener> read_raw_socket_option(const std::string& word) {
  auto said = read_place_and_path(word);
  if (!said) return Error{Fault::router, Code::internal, false, kRawSocketForms};
  return RawSocketListener{std::move(said->place), std::move(said->path)};
}

}  // namespace zeroway
