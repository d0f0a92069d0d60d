#include "worker-sdk/src/worker_log.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <regex>
#include <string>

using namespace zeroway;

namespace {

// What `act` writes to standard error.
template <class Act>
std::string said_to_stderr(Act act) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const int before = dup(STDERR_FILENO);
  dup2(ends[1], STDERR_FILENO);
  act();
  dup2(before, STDERR_FILENO);
  close(before);
  close(ends[1]);
  std::string text(65'536, ' ');
  text.resize(static_cast<std::size_t>(read(ends[0], text.data(), text.size())));
  close(ends[0]);
  return text;
}

}  // namespace

TEST_CASE("log: a line on standard error has time, level and name, as the router's lines have") {
  const WorkerLog log("worker-1", false, {});
  const std::string text = said_to_stderr([&] {
    log.debug("not said");
    log.info("joined");
    log.warning("away");
  });
  const std::string time = R"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} )";
  CHECK(std::regex_match(text, std::regex(time + "info    worker-1: joined\n" + time + "warning worker-1: away\n")));
}

TEST_CASE("log: the application's own function gets the line alone, or with its level") {
  std::string text;
  const WorkerLog simple("w", true, [&](std::string_view line) { text += "[" + std::string(line) + "]"; });
  simple.debug("a");
  simple.error("b");
  CHECK(text == "[a][b]");
  const WorkerLog graded("w", false, [&](LogLevel level, std::string_view line) {
    text += std::string(to_text(level)) + " " + std::string(line) + ";";
  });
  text.clear();
  graded.debug("a");
  graded.info("b");
  graded.error("c");
  CHECK(text == "info b;error c;");
}

TEST_CASE("log: an empty function is none") {
  CHECK_FALSE(static_cast<bool>(LogSink()));
  CHECK_FALSE(static_cast<bool>(LogSink(std::function<void(std::string_view)>())));
}
