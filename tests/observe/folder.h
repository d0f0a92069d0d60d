// Files for a test of logs: a directory that goes with it, what is in a file now, and waiting for what must come.
//
// Owner: a test.   Thread: the test's.
// Not here: what must be in them.
#pragma once
#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

namespace zeroway {

class Folder {
 public:
  Folder() {
    std::string shape = (std::filesystem::temp_directory_path() / "zeroway-log-XXXXXX").string();
    path_ = mkdtemp(shape.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string file(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline std::string read_file(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Another thread writes: what it must come to, and for how long a busy machine may take to get there.
template <class Question>
void wait_for(Question question) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!question()) {
    REQUIRE_MESSAGE(std::chrono::steady_clock::now() < deadline, "not within a minute");
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

}  // namespace zeroway
