#include "router/settings/tcp_option.h"

#include <utility>

#include "router/settings/words.h"

namespace zeroway {

Result<TcpSettings> read_tcp_option(const std::string& word) {
  const Error unfit{Fault::router, Code::internal, false, kTcpOptionForms};
  const auto mark = word.find('=');
  if (mark == std::string::npos) return unfit;
  const std::string place = word.substr(0, mark);
  const std::string path = word.substr(mark + 1);
  const bool is_port = place.find_first_not_of("0123456789") == std::string::npos;
  auto listen = read_listen_address(is_port ? "*:" + place : place);
  if (!listen || !is_path(path)) return unfit;
  TcpSettings service;
  service.site.name = "tcp " + to_text(*listen);
  service.site.listen = {std::move(*listen)};
  service.workers = path;
  service.option = word;
  return service;
}

}  // namespace zeroway
