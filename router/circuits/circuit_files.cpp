#include "router/circuits/circuit_files.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "router/acme/file_store.h"
#include "router/circuits/circuit_json.h"
#include "router/circuits/limits.h"
#include "router/net/file_text.h"

namespace zeroway {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".json";

struct Found {
  fs::file_time_type written;
  fs::path path;

  auto operator<=>(const Found&) const = default;
};

std::vector<Found> files_in(const std::string& folder) {
  std::vector<Found> found;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(folder, failure))
    if (entry.path().extension() == kEnding) found.push_back({entry.last_write_time(failure), entry.path()});
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

CircuitFiles::CircuitFiles(const std::string& state_dir) {
  std::error_code failure;
  if (!state_dir.empty() && fs::is_directory(state_dir, failure)) folder_ = state_dir + "/circuits";
}

std::string CircuitFiles::file_of(const std::string& id) const {
  return std::string(folder_).append("/").append(id).append(kEnding);
}

std::vector<CircuitSpec> CircuitFiles::read(std::vector<std::string>& errors) const {
  std::vector<CircuitSpec> specs;
  if (!is_open()) return specs;
  std::error_code failure;
  if (fs::is_directory(folder_, failure)) remove_unfinished_files(folder_);
  for (const Found& file : files_in(folder_)) {
    const auto text = read_file_text(file.path.string(), kLargestCircuitFile);
    auto spec = text ? read_circuit(file.path.stem().string(), *text) : Result<CircuitSpec>(text.error());
    if (spec) {
      specs.push_back(std::move(*spec));
    } else {
      errors.push_back(text ? file_error(file.path.string(), spec.error().detail).detail : text.error().detail);
    }
  }
  return specs;
}

Result<> CircuitFiles::write(const CircuitSpec& spec) const {
  if (!is_open()) return {};
  if (auto made = make_folders(folder_); !made) return made;
  return write_whole_file(file_of(spec.id), circuit_json(spec) + "\n");
}

Result<> CircuitFiles::remove(const std::string& id) const {
  if (!is_open()) return {};
  std::error_code failure;
  fs::remove(file_of(id), failure);
  return failure ? Result<>(file_error(file_of(id), failure.message())) : Result<>();
}

}  // namespace zeroway
