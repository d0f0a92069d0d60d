#include "router/stapling/staple_store.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "router/net/file_text.h"
#include "router/observe/log.h"
#include "router/stapling/limits.h"

namespace zeroway {

namespace {

namespace fs = std::filesystem;

std::string hexadecimal(const std::string& bytes) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (const char one : bytes) {
    const auto byte = static_cast<unsigned char>(one);
    text.append({kDigits[byte >> 4], kDigits[byte & 15]});
  }
  return text;
}

// Also what a write has left that was cut off.
void remove_old_files(const std::string& folder, WallTime now) {
  const auto age = std::chrono::file_clock::from_sys(now) - kMostStapleAge;
  std::error_code failure;
  for (fs::directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure)) {
    std::error_code ignored;
    if (at->is_regular_file(ignored) && at->last_write_time(ignored) < age) fs::remove(at->path(), ignored);
  }
}

// Renamed into its place, so that a reader finds a whole file. Not made durable: a file that a crash has spoiled is no
// good answer, and the responder is asked again.
bool write(const std::string& file, const std::string& content) {
  const std::string beside = file + ".tmp";
  std::ofstream out(beside, std::ios::binary | std::ios::trunc);
  out << content;
  out.close();
  std::error_code failure;
  if (out) fs::rename(beside, file, failure);
  const bool is_written = out && !failure;
  if (!is_written) fs::remove(beside, failure);
  return is_written;
}

}  // namespace

StapleStore::StapleStore(const std::string& state_dir, WallTime now) {
  std::error_code failure;
  if (state_dir.empty() || !fs::is_directory(state_dir, failure)) return;
  folder_ = state_dir + "/ocsp";
  remove_old_files(folder_, now);
}

std::string StapleStore::find(const std::string& certificate) const {
  if (const auto kept = answers_.find(certificate); kept != answers_.end()) return kept->second;
  if (folder_.empty()) return {};
  const auto text = read_file_text(file_of(certificate), kMaxOcspAnswer);
  return text ? *text : std::string();
}

void StapleStore::put(const std::string& certificate, const std::string& answer) {
  if (answers_.size() >= kMostKeptAnswers) answers_.clear();
  answers_[certificate] = answer;
  if (folder_.empty()) return;
  std::error_code failure;
  fs::create_directory(folder_, failure);
  if (!failure && write(file_of(certificate), answer)) return;
  log::warning("OCSP: " + folder_ + " takes no staples: after a restart there are none until responders have answered");
  folder_.clear();
}

std::string StapleStore::file_of(const std::string& certificate) const {
  return folder_ + "/" + hexadecimal(certificate) + ".der";
}

}  // namespace zeroway
