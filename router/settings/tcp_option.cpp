#include "router/settings/tcp_option.h"

#include <utility>

#include "router/settings/place_and_path.h"

namespace zeroway {

Result<TcpSettings> read_tcp_option(const std::string& word) {
  auto said = read_place_and_path(word);
  if (!said) return Error{Fault::router, Code::internal, false, kTcpOptionForms};
  TcpSettings service;
  service.site.name = "tcp " + to_text(said->place);
  service.site.listen = {std::move(said->place)};
  service.workers = std::move(said->path);
  service.option = word;
  return service;
}

}  // namespace zeroway
