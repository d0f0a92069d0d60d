#include "router/observe/log_files.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "router/observe/request_logs.h"
#include "tests/observe/files.h"

using namespace zeroway;

TEST_CASE("log files: one path is one file, however it is written, and is opened anew once") {
  const Folder folder;
  LogFiles files;
  const auto one = files.open(folder.path("a"));
  const auto same = files.open(folder.path("./b/../a"));
  REQUIRE((one.has_value() && same.has_value()));
  CHECK(*one == *same);
  CHECK(*one != *files.open(folder.path("b")));
  std::string line = "before\n";
  (*one)->append(line, 1);
  wait_for([&] { return read_file(folder.path("a")) == "before\n"; });
  std::filesystem::rename(folder.path("a"), folder.path("a.1"));
  files.reopen();
  line = "after\n";
  (*one)->append(line, 1);
  wait_for([&] { return read_file(folder.path("a")) == "after\n"; });
  CHECK(read_file(folder.path("a.1")) == "before\n");
}

TEST_CASE("log files: a file that nobody uses is let go at the next opening anew, with all its lines written") {
  const Folder folder;
  LogFiles files;
  {
    const auto file = *files.open(folder.path("a"));
    std::string line = "last\n";
    file->append(line, 1);
  }
  files.reopen();
  wait_for([&] { return read_file(folder.path("a")) == "last\n"; });
  std::filesystem::remove(folder.path("a"));
  files.reopen();
  CHECK_FALSE(std::filesystem::exists(folder.path("a")));
}

TEST_CASE("log files: one that cannot be opened is an error that names it, and stays none") {
  const Folder folder;
  LogFiles files;
  const auto none = files.open(folder.path("no/a"));
  REQUIRE_FALSE(none.has_value());
  CHECK(none.error().detail.find("cannot open access log '" + folder.path("no/a") + "'") == 0);
  files.reopen();
  CHECK(files.lost() == 0);
}

TEST_CASE("request logs: sites that share a file share its log, and a log ends when no plan has it") {
  const Folder folder;
  LogFiles files;
  RequestLogs logs;
  const auto a = *files.open(folder.path("a")), b = *files.open(folder.path("b"));
  auto first = logs.of({a, b});
  const auto second = logs.of({b});
  CHECK(second.front() == first.back());
  CHECK(logs.size() == 2);
  logs.sweep(Time{std::chrono::hours(1)});
  CHECK(logs.size() == 2);
  first.clear();
  logs.sweep(Time{std::chrono::hours(1)});
  CHECK(logs.size() == 1);
}
