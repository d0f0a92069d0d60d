// A directory of its own for a test, gone with its guard and all that is in it.
//
// Owner: a test.   Thread: any.
// Not here: what is in it.
#pragma once
#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace zeroway {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "zeroway-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string path(const std::string& file) const { return (path_ / file).string(); }
  // Its path.
  std::string write(const std::string& file, const std::string& text) const {
    std::ofstream(path(file)) << text;
    return path(file);
  }

 private:
  std::filesystem::path path_;
};

}  // namespace zeroway
