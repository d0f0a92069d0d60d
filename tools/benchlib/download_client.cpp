// A client for the bench: downloads the same large body on each of its connections, and again as soon as it has it all.
// It reads 256 KiB at once where wrk reads 8 KiB, so that the servers get more of the processor. It looks at the status
// and the length of each reply and throws the bytes of the body away.
//
// Usage: download_client PORT PATH CONNECTIONS SECONDS
// Prints the complete downloads, the bytes of all bodies, the seconds that were measured, the median of the time for
// one download in microseconds, and its own processor time in seconds.
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kBuffer = 256 * 1024;
constexpr std::size_t kLongestHead = 16 * 1024;

struct Download {
  int fd = -1;
  Clock::time_point asked;
  std::string head;        // bytes of a head that is not complete
  std::uint64_t left = 0;  // bytes of the body that have not come yet
  bool is_body = false;
};

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

[[noreturn]] void fail_reply(const std::string& head) {
  std::fprintf(stderr, "not a reply that can be measured:\n%s\n", head.c_str());
  std::exit(1);
}

int connect_to(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("connect");
  return fd;
}

void ask(Download& download, const std::string& request) {
  const ssize_t sent = send(download.fd, request.data(), request.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(request.size())) fail("send");
  download.asked = Clock::now();
}

std::uint64_t length_of_body(const std::string& head) {
  std::string lower = head;
  for (char& letter : lower) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  constexpr std::string_view kName = "\r\ncontent-length:";
  const std::size_t at = lower.find(kName);
  if (!lower.starts_with("http/1.1 200") || at == std::string::npos) fail_reply(head);
  return std::strtoull(lower.c_str() + at + kName.size(), nullptr, 10);
}

// Takes what belongs to the head. Returns how many of the bytes do.
std::size_t take_head(Download& download, std::string_view bytes) {
  const std::size_t before = download.head.size();
  download.head += bytes.substr(0, kLongestHead);
  const std::size_t end = download.head.find("\r\n\r\n");
  if (end == std::string::npos && download.head.size() >= kLongestHead) fail_reply(download.head);
  if (end == std::string::npos) return bytes.size();
  download.head.resize(end + 4);
  const std::size_t taken = download.head.size() - before;
  download.left = length_of_body(download.head);
  download.head.clear();
  download.is_body = true;
  return taken;
}

// Reads once. Returns how many bytes of the body came.
std::uint64_t read_some(Download& download, std::vector<char>& buffer) {
  const ssize_t size = recv(download.fd, buffer.data(), buffer.size(), 0);
  if (size <= 0) fail("recv");
  std::string_view bytes(buffer.data(), static_cast<std::size_t>(size));
  if (!download.is_body) bytes.remove_prefix(take_head(download, bytes));
  if (bytes.size() > download.left) fail_reply("more bytes than Content-Length says");
  download.left -= bytes.size();
  return bytes.size();
}

bool is_complete(const Download& download) { return download.is_body && download.left == 0; }

double processor_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("usage: download_client PORT PATH CONNECTIONS SECONDS\n", stderr);
    return 2;
  }
  const auto port = static_cast<std::uint16_t>(std::atoi(argv[1]));
  const std::string request = "GET " + std::string(argv[2]) + " HTTP/1.1\r\nHost: 127.0.0.1:" + argv[1] + "\r\n\r\n";
  std::vector<Download> downloads(static_cast<std::size_t>(std::atoi(argv[3])));
  const int poll = epoll_create1(0);
  for (Download& download : downloads) {
    download.fd = connect_to(port);
    epoll_event event{.events = EPOLLIN, .data = {.ptr = &download}};
    epoll_ctl(poll, EPOLL_CTL_ADD, download.fd, &event);
  }

  std::vector<char> buffer(kBuffer);
  std::vector<double> microseconds;
  std::uint64_t bytes = 0;
  const auto began = Clock::now();
  const auto until = began + std::chrono::seconds(std::atoi(argv[4]));
  for (Download& download : downloads) ask(download, request);
  std::array<epoll_event, 128> events{};
  while (Clock::now() < until) {
    const int ready = epoll_wait(poll, events.data(), static_cast<int>(events.size()), 100);
    for (int index = 0; index < ready; ++index) {
      Download& download = *static_cast<Download*>(events[static_cast<std::size_t>(index)].data.ptr);
      bytes += read_some(download, buffer);
      if (!is_complete(download)) continue;
      microseconds.push_back(std::chrono::duration<double, std::micro>(Clock::now() - download.asked).count());
      download.is_body = false;
      ask(download, request);
    }
  }
  const double measured = std::chrono::duration<double>(Clock::now() - began).count();
  std::sort(microseconds.begin(), microseconds.end());
  const double median = microseconds.empty() ? 0 : microseconds[(microseconds.size() - 1) / 2];
  std::printf("%zu %llu %.6f %.1f %.3f\n", microseconds.size(), static_cast<unsigned long long>(bytes), measured,
              median, processor_seconds());
}
