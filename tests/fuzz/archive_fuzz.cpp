// Any bytes as a ZIP archive: what is unpacked is below the folder, within the bound, and complete or not there.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "router/backends/archive/unpack.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

namespace {

constexpr std::uint64_t kMost = 1 << 20;

// A folder for all inputs; what is in it is removed behind each.
const std::string& place() {
  static const std::string kPlace = [] {
    std::string name = (std::filesystem::temp_directory_path() / "zeroway-fuzz-XXXXXX").string();
    must(::mkdtemp(name.data()) != nullptr);
    return name;
  }();
  return kPlace;
}

std::uint64_t size_below(const std::string& folder) {
  std::uint64_t size = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    must(!entry.is_symlink());
    if (entry.is_regular_file()) size += entry.file_size();
  }
  return size;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const int file = ::memfd_create("archive", 0);
  must(file >= 0 && ::write(file, data, size) == static_cast<ssize_t>(size));
  const std::string folder = place() + "/out";
  const bool is_good = unpack("/proc/self/fd/" + std::to_string(file), folder, kMost).has_value();
  must(is_good == std::filesystem::exists(folder));
  if (is_good) must(size_below(folder) <= kMost);
  ::close(file);
  std::filesystem::remove_all(folder);
  must(std::filesystem::is_empty(place()));
  return 0;
}
