// Files for a test of logs: what is in one now, and waiting for what must come.
//
// Owner: a test.   Thread: the test's.
// Not here: what must be in them.
#pragma once
#include <doctest/doctest.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include "tests/support/folder.h"

namespace zeroway {

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
