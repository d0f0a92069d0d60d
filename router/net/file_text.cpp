#include "router/net/file_text.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace zeroway {

Error file_error(const std::string& file, const std::string& why) {
  return {Fault::router, Code::internal, false, file + ": " + why};
}

Result<std::string> read_file_text(const std::string& file, std::size_t most) {
  std::error_code failure;
  const std::uintmax_t size = std::filesystem::file_size(file, failure);  // fails for a directory, too
  if (failure) return file_error(file, failure.message());
  if (size > most) return file_error(file, "is larger than " + std::to_string(most) + " bytes");
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return file_error(file, std::strerror(errno));
  std::string text(size, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(size));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

}  // namespace zeroway
