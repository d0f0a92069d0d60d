#include "router/observe/log_file.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "tests/observe/files.h"

using namespace zeroway;

namespace {

bool put(LogFile& file, std::string lines) {
  const auto count = static_cast<std::uint64_t>(std::count(lines.begin(), lines.end(), '\n'));
  return file.append(lines, count);
}

// A pipe whose reader the test is; nobody reads until it does.
class Pipe {
 public:
  Pipe() {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    reader_ = ends[0];
    writer_ = ends[1];
    ::fcntl(writer_, F_SETPIPE_SZ, 4'096);
    ::fcntl(reader_, F_SETFL, O_NONBLOCK);
  }
  ~Pipe() {
    ::close(reader_);
    ::close(writer_);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  [[nodiscard]] int writer() const { return writer_; }
  // What is in it now.
  std::string read() {
    std::string text(1 << 20, ' ');
    const ssize_t count = ::read(reader_, text.data(), text.size());
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text;
  }

 private:
  int reader_ = -1, writer_ = -1;
};

}  // namespace

TEST_CASE("log file: what cannot be opened is named, with the reason") {
  LogFile file("access log");
  const auto opened = file.open("/nowhere/at/all");
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().detail == "cannot open access log '/nowhere/at/all': No such file or directory");
  CHECK_FALSE(put(file, "line\n"));
  file.finish();
}

TEST_CASE("log file: a named pipe without a reader is refused, not waited for") {
  const Folder folder;
  REQUIRE(mkfifo(folder.path("p").c_str(), 0600) == 0);
  LogFile file("log");
  CHECK_FALSE(file.open(folder.path("p")).has_value());
}

TEST_CASE("log file: appends, and finish waits for the last line") {
  const Folder folder;
  for (int round = 0; round < 50; ++round) {
    LogFile file("log");
    REQUIRE(file.open(folder.path("a")).has_value());
    CHECK_FALSE(put(file, "one\n"));
    CHECK_FALSE(put(file, "two\n"));
    const auto began = std::chrono::steady_clock::now();
    file.finish();
    CHECK_FALSE(put(file, "too late\n"));
    const auto size = static_cast<std::size_t>(8 * (round + 1));
    const bool is_in_time = std::chrono::steady_clock::now() - began < std::chrono::seconds(1);  // it waits no longer
    if (!is_in_time) wait_for([&] { return read_file(folder.path("a")).size() == size; });
    REQUIRE(read_file(folder.path("a")).size() == size);
  }
}

TEST_CASE("log file: what was appended before reopen goes to the old file, what comes later to the new one") {
  const Folder folder;
  LogFile file("log");
  REQUIRE(file.open(folder.path("a")).has_value());
  std::string before, after;
  for (int i = 0; i < 1'000; ++i) {
    const std::string line = std::to_string(i) + "\n";
    if (i == 500) {
      std::filesystem::rename(folder.path("a"), folder.path("a.1"));
      file.reopen();
    }
    put(file, line);
    (i < 500 ? before : after) += line;
  }
  file.finish();
  wait_for([&] { return read_file(folder.path("a")).size() == after.size(); });  // finish() waits for a second at most
  CHECK(read_file(folder.path("a.1")) == before);
  CHECK(read_file(folder.path("a")) == after);
}

TEST_CASE("log file: a reopen that fails keeps the old file") {
  const Folder folder;
  std::filesystem::create_directory(folder.path("d"));
  LogFile file("log");
  REQUIRE(file.open(folder.path("d/a")).has_value());
  std::filesystem::rename(folder.path("d"), folder.path("e"));
  file.reopen();
  put(file, "line\n");
  file.finish();
  wait_for([&] { return read_file(folder.path("e/a")) == "line\n"; });
}

TEST_CASE("log file: batches of several threads, and of several files of that name, never mix") {
  const Folder folder;
  constexpr int kBatches = 500;
  const std::string batch(2'000, 'x');
  LogFile one("log"), two("log");
  REQUIRE(one.open(folder.path("a")).has_value());
  REQUIRE(two.open(folder.path("a")).has_value());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < kBatches; ++n) put(i < 2 ? one : two, batch + "\n");
    });
  }
  for (std::thread& thread : threads) thread.join();
  one.finish();
  two.finish();
  CHECK(one.lost() + two.lost() == 0);
  std::string all;
  wait_for([&] { return (all = read_file(folder.path("a"))).size() == 4 * kBatches * (batch.size() + 1); });
  for (std::size_t at = 0; at < all.size(); at += batch.size() + 1) {
    REQUIRE(all.compare(at, batch.size() + 1, batch + "\n") == 0);
  }
}

TEST_CASE("log file: a pipe that nobody reads costs lines, not memory or time, and goes on when it is read") {
  Pipe pipe;
  LogFile file("access log");
  file.use(pipe.writer());
  const std::string line = std::string(99, 'x') + "\n";
  const std::string lines = [&] {
    std::string text;
    for (int i = 0; i < 1'000; ++i) text += line;
    return text;
  }();
  int firsts = 0;
  for (int i = 0; i < 100; ++i) firsts += put(file, lines) ? 1 : 0;  // 10 MB, and never a wait
  CHECK(firsts == 1);
  const std::uint64_t lost = file.lost();
  CHECK(lost >= 58'000);  // the others are 4 MiB
  CHECK(lost % 1'000 == 0);
  std::string got;
  wait_for([&] {
    got += pipe.read();
    return got.size() == (100'000 - lost) * line.size();
  });
  put(file, "the last\n");
  wait_for([&] { return pipe.read() == "the last\n"; });
  for (std::size_t at = 0; at < got.size(); at += line.size()) REQUIRE(got.compare(at, line.size(), line) == 0);
  CHECK(file.lost() == lost);
}

TEST_CASE("log file: it ends although nobody reads") {
  Pipe pipe;
  LogFile file("log");
  file.use(pipe.writer());
  put(file, std::string(100'000, 'x') + "\n");
  file.finish();  // gives up; else the test would never end
  CHECK(pipe.read().size() > 0);
  std::string rest;
  wait_for([&] {
    rest += pipe.read();
    return rest.ends_with("x\n");
  });
}

TEST_CASE("log file: lines into a pipe go in pieces that do not mix with another writer's") {
  Pipe pipe;
  LogFile file("log");
  file.use(pipe.writer());
  const std::string line = std::string(29, 'x') + "\n";
  std::string lines;
  for (int i = 0; i < 1'000; ++i) lines += line;
  put(file, lines);
  const std::string foreign = "foreign\n";
  std::string got;
  std::size_t sent = 0;
  wait_for([&] {
    got += pipe.read();
    sent += ::write(pipe.writer(), foreign.data(), got.size() < 20'000 ? foreign.size() : 0) > 0 ? 1 : 0;
    return got.size() == lines.size() + sent * foreign.size();
  });
  CHECK(sent > 0);
  std::size_t at = 0;
  while (at < got.size()) {
    const std::size_t end = got.find('\n', at);
    REQUIRE(end != std::string::npos);
    const std::string_view one(got.data() + at, end + 1 - at);
    REQUIRE((one == line || one == foreign));
    at = end + 1;
  }
}

TEST_CASE("log file: a full disk costs lines, which are counted") {
  LogFile file("log");
  REQUIRE(file.open("/dev/full").has_value());
  for (int i = 0; i < 3; ++i) {
    put(file, "one\ntwo\n");
    wait_for([&] { return file.lost() == static_cast<std::uint64_t>(2 * (i + 1)); });
  }
}

TEST_CASE("log file: lines into a closed pipe are lost, and end nothing") {
  LogFile file("log");
  {
    Pipe pipe;
    file.use(::dup(pipe.writer()));
  }
  put(file, "one\n");
  wait_for([&] { return file.lost() == 1; });
}
