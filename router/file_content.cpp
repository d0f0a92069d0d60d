#include "router/file_content.h"

#include <fstream>
#include <iterator>

namespace zeroway {

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (file.is_open() && !file.bad()) return content;
  return Error{Fault::router, Code::internal, false, "'" + path + "' cannot be read"};
}

}  // namespace zeroway
