// A directory for one test. The destructor removes the directory and all files in it.
//
// Owner: a test.   Thread: any.
// Not here: the contents of the files.
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
  // Writes a file and returns its path.
  std::string write(const std::string& file, const std::string& text) const {
    std::ofstream(path(file)) << text;
    return path(file);
  }

 private:
  std::filesystem::path path_;
};

}  // namespace zeroway
