#include "router/settings/raw_socket_option.h"

#include <utility>

#include "router/settings/words.h"

namespace zeroway {

Result<RawSocketListener> read_raw_socket_option(const std::string& word) {
  const Error unfit{Fault::router, Code::internal, false, kRawSocketForms};
  const auto mark = word.rfind("=/");
  if (mark == std::string::npos) return unfit;
  const std::string place = word.substr(0, mark);
  const std::string path = word.substr(mark + 1);
  const bool is_port = place.find_first_not_of("0123456789") == std::string::npos;
  auto listen = read_listen_address(is_port ? "*:" + place : place);
  if (!listen || !is_path(path)) return unfit;
  return RawSocketListener{std::move(*listen), path};
}

}  // namespace zeroway
