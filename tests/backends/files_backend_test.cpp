#include "router/backends/files/files_backend.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <iterator>
#include <map>
#include <string>

#include "router/backends/files/limits.h"
#include "router/observe/http_date.h"
#include "router/plan/route.h"
#include "tests/support/folder.h"

using namespace zeroway;
namespace fs = std::filesystem;

namespace {

struct HandClock final : WallClock {
  Time time{std::chrono::hours(1)};
  WallTime wall = std::chrono::system_clock::now() + std::chrono::hours(1);  // all files are old
  [[nodiscard]] Time now() const override { return time; }
  [[nodiscard]] WallTime wall_now() const override { return wall; }
};

// What one exchange hears.
class Hearer final : public BackendEvents {
 public:
  void accepted(const Holder& holder) override { said += "accepted " + std::string(holder.name) + " · "; }
  void head(Head& head, Last last) override {
    seen = head;
    said += "head " + std::to_string(head.status()) + (last == Last::yes ? " last · " : " · ");
  }
  void data(Bytes bytes) override {
    body.append(as_text(bytes));
    ++pieces;
    if (on_data) on_data(bytes.size());
  }
  void end(Head&) override {
    said += "end";
    is_over = true;
  }
  void reset(const Error& error) override {
    code = error.code;
    detail = error.detail;
    said += "reset";
    is_over = true;
  }
  void credit(std::uint32_t bytes) override { credited += bytes; }

  [[nodiscard]] std::string field(std::string_view name) const { return std::string(seen.find(name).value_or("")); }
  [[nodiscard]] int status() const { return seen.status(); }

  std::string said, body, detail;
  Head seen;
  Code code = Code::internal;
  std::size_t pieces = 0, credited = 0;
  bool is_over = false;
  StreamKey key = 0;
  std::function<void(std::size_t)> on_data;
};

struct ServedFolder final : ExchangeFinder {
  explicit ServedFolder(FilesSpec with = {}) : spec(std::move(with)) {
    fs::create_directories(folder.path("root/sub"));
    spec.root = folder.path("root");
  }
  BackendEvents* find(ExchangeKey key) override {
    const auto found = exchanges.find(key);
    return found == exchanges.end() || found->second.is_over ? nullptr : &found->second;
  }
  void write(const std::string& name, const std::string& text) const {
    static_cast<void>(folder.write("root/" + name, text));
  }
  FilesBackend& backend() {
    if (!made) {
      made = std::make_unique<FilesBackend>(loop, clock, types, spec);
      REQUIRE(made->start().has_value());
    }
    return *made;
  }
  Hearer& open(const std::string& path, const Head& more = {}, std::string_view method = "GET") {
    Hearer& hearer = exchanges[++last];
    Head head{{":method", method}, {":scheme", "http"}, {":path", path}, {":authority", "example.com"}};
    for (const Field field : more) head.add(field.name, field.value);
    const BackendRequest request{head, Last::yes, Kind::request, Attempt::first, route, client};
    hearer.key = backend().open(request, {this, last}).key;
    return hearer;
  }
  void turn() {
    loop.stop();
    loop.run();
  }
  // A whole reply, with as much credit as it needs.
  Hearer& get(const std::string& path, const Head& more = {}, std::string_view method = "GET") {
    Hearer& hearer = open(path, more, method);
    for (int turns = 0; !hearer.is_over && turns < 10'000; ++turns) {
      turn();
      if (!hearer.is_over) backend().credit(hearer.key, 65'536);
    }
    CHECK(hearer.is_over);
    return hearer;
  }

  Folder folder;
  FilesSpec spec;
  Loop loop;
  HandClock clock;
  MimeTypes types = MimeTypes::read("");
  Route route;
  ClientInfo client;
  std::map<ExchangeKey, Hearer> exchanges;
  ExchangeKey last = 0;
  std::unique_ptr<FilesBackend> made;
};

FilesSpec with_listing() {
  FilesSpec spec;
  spec.listing = true;
  return spec;
}

FilesSpec with_fallback() {
  FilesSpec spec;
  spec.fallback = "app.html";
  return spec;
}

// Text in which each place is different.
std::string long_text(std::size_t size) {
  std::string text;
  text.reserve(size + 16);
  for (std::size_t at = 0; text.size() < size; ++at) text += std::to_string(at) + ' ';
  text.resize(size);
  return text;
}

auto open_descriptors() { return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()); }

}  // namespace

TEST_CASE("files: a file comes with its type, length, tag and date, and nothing is said before open() returned") {
  ServedFolder site;
  site.write("a.css", "body{}");
  Hearer& reply = site.open("/a.css");
  CHECK(reply.said.empty());
  site.turn();
  CHECK(reply.said == "accepted files · head 200 · end");
  CHECK(reply.body == "body{}");
  CHECK(reply.field("content-type") == "text/css; charset=utf-8");
  CHECK(reply.field("content-length") == "6");
  CHECK(reply.field("accept-ranges") == "bytes");
  CHECK(reply.field("etag").size() > 10);
  CHECK(read_http_date(reply.field("last-modified")).has_value());
  CHECK_FALSE(reply.seen.has("vary"));
  CHECK_FALSE(reply.seen.has("x-content-type-options"));
}

TEST_CASE("files: the second reply, from memory, is the same as the first one") {
  ServedFolder site;
  site.write("a.css", "body{}");
  const Head first = site.get("/a.css").seen;
  const Hearer& second = site.get("/a.css");
  CHECK(second.body == "body{}");
  CHECK(second.pieces == 1);
  CHECK(second.seen.size() == first.size());
  for (const Field field : first) CHECK(second.seen.find(field.name) == field.value);
}

TEST_CASE("files: a query changes nothing, and escapes in the path name the file") {
  ServedFolder site;
  site.write("a b.txt", "x");
  CHECK(site.get("/a%20b.txt?v=%2e%2e").body == "x");
}

TEST_CASE("files: a file that is not there is no route for the exchange, which writes the page") {
  ServedFolder site;
  for (const char* path :
       {"/none", "/sub/none", "/none/", "/sub/", "/../root", "/%2e%2e/root", "/x%00", "/sub%2Fx", "*", ""}) {
    CAPTURE(path);
    const Hearer& reply = site.get(path);
    CHECK(reply.said == "reset");
    CHECK(reply.code == Code::no_route);
  }
}

TEST_CASE("files: a dot-file is not there unless asked") {
  ServedFolder site;
  site.write(".env", "secret");
  CHECK(site.get("/.env").code == Code::no_route);
  FilesSpec spec;
  spec.dot_files = true;
  ServedFolder open(spec);
  open.write(".env", "secret");
  CHECK(open.get("/.env").body == "secret");
}

TEST_CASE("files: a link that leads out of the root is not there") {
  ServedFolder site;
  static_cast<void>(site.folder.write("secret", "outside"));
  fs::create_symlink("../secret", site.folder.path("root/out"));
  fs::create_symlink("../..", site.folder.path("root/sub/up"));
  CHECK(site.get("/out").code == Code::no_route);
  CHECK(site.get("/sub/up/secret").code == Code::no_route);
}

TEST_CASE("files: a FIFO answers 404 at once and holds up nobody") {
  ServedFolder site;
  REQUIRE(::mkfifo(site.folder.path("root/fifo").c_str(), 0600) == 0);
  CHECK(site.get("/fifo").code == Code::no_route);
}

TEST_CASE("files: a file that the router may not read is a 403") {
  if (::geteuid() == 0) return;  // may read everything
  ServedFolder site;
  site.write("closed", "x");
  fs::permissions(site.folder.path("root/closed"), fs::perms::none);
  CHECK(site.get("/closed").status() == 403);
}

TEST_CASE("files: HEAD says what GET would, without content") {
  ServedFolder site;
  site.write("a.txt", long_text(100'000));
  const Hearer& reply = site.get("/a.txt", {{"range", "bytes=0-4"}}, "HEAD");
  CHECK(reply.said == "accepted files · head 200 last · end");
  CHECK(reply.field("content-length") == "100000");
  CHECK(reply.body.empty());
}

TEST_CASE("files: OPTIONS and methods that are not allowed say which are (RFC 9110 section 15.5.6)") {
  ServedFolder site;
  site.write("a.txt", "x");
  const Hearer& options = site.get("/a.txt", {}, "OPTIONS");
  CHECK(options.status() == 204);
  CHECK(options.field("allow") == "GET, HEAD, OPTIONS");
  CHECK(site.get("*", {}, "OPTIONS").status() == 204);
  for (const char* method : {"POST", "PUT", "DELETE", "CONNECT", "PROPFIND"}) {
    const Hearer& reply = site.get("/a.txt", {}, method);
    CHECK(reply.status() == 405);
    CHECK(reply.field("allow") == "GET, HEAD, OPTIONS");
    CHECK(reply.field("content-length") == std::to_string(reply.body.size()));
  }
}

TEST_CASE("files: an empty file is a reply without content") {
  ServedFolder site;
  site.write("empty.txt", "");
  for (int time = 0; time < 2; ++time) {
    const Hearer& reply = site.get("/empty.txt", {{"range", "bytes=0-"}});
    CHECK(reply.said == "accepted files · head 200 last · end");
    CHECK(reply.field("content-length") == "0");
  }
}

TEST_CASE("files: an unknown type is fixed, and no client may guess another one") {
  ServedFolder site;
  site.write("page.unknown", "<html>");
  site.write("noend", "<html>");
  for (const char* path : {"/page.unknown", "/noend"}) {
    const Hearer& reply = site.get(path);
    CHECK(reply.field("content-type") == "application/octet-stream");
    CHECK(reply.field("x-content-type-options") == "nosniff");
  }
}

TEST_CASE("files: a type of the specification comes before the system's") {
  FilesSpec spec;
  spec.mime_types = {{"css", "text/x-mine"}, {".unknown", "image/x-mine"}};
  ServedFolder site(spec);
  for (const char* name : {"a.css", "a.unknown", "a.js"}) site.write(name, "x");
  CHECK(site.get("/a.css").field("content-type") == "text/x-mine; charset=utf-8");
  CHECK(site.get("/a.unknown").field("content-type") == "image/x-mine");
  CHECK(site.get("/a.js").field("content-type") == "text/javascript; charset=utf-8");
}

// --- Ranges and conditions ----------------------------------------------------------------------------------------

TEST_CASE("files: ranges of a small and of a large file are exactly the bytes that were asked for") {
  ServedFolder site;
  for (const std::size_t size : {26U, 300'000U}) {
    const std::string text = long_text(size);
    site.write("a.txt", text);
    site.clock.time += kLookAgain;
    const std::string all = std::to_string(size);
    const Hearer& first = site.get("/a.txt", {{"range", "bytes=0-4"}});
    CHECK(first.status() == 206);
    CHECK(first.body == text.substr(0, 5));
    CHECK(first.field("content-range") == "bytes 0-4/" + all);
    CHECK(first.field("content-length") == "5");
    CHECK((site.get("/a.txt", {{"range", "bytes=-7"}}).body == text.substr(size - 7)));
    CHECK((site.get("/a.txt", {{"range", "bytes=9-"}}).body == text.substr(9)));
    CHECK((site.get("/a.txt", {{"range", "bytes=20-999999999"}}).body == text.substr(20)));
    CHECK((site.get("/a.txt", {{"range", "bytes=-999999999"}}).body == text));
    CHECK(site.get("/a.txt", {{"range", "bytes=4-2"}}).status() == 200);
    CHECK(site.get("/a.txt", {{"range", "bytes=0-1"}, {"range", "bytes=2-3"}}).status() == 200);
    const Hearer& none = site.get("/a.txt", {{"range", "bytes=999999999-"}});
    CHECK(none.status() == 416);
    CHECK(none.field("content-range") == "bytes */" + all);
    CHECK(none.body.empty());
  }
}

TEST_CASE("files: several ranges are parts, and the length counts every byte of them (RFC 9110 section 14.6)") {
  ServedFolder site;
  for (const std::size_t size : {26U, 300'000U}) {
    const std::string text = long_text(size);
    site.write("a.txt", text);
    site.clock.time += kLookAgain;
    const Hearer& reply = site.get("/a.txt", {{"range", "bytes=0-1,-3,5-9"}});
    CHECK(reply.status() == 206);
    CHECK_FALSE(reply.seen.has("content-range"));
    CHECK(reply.field("content-length") == std::to_string(reply.body.size()));
    const std::string type = reply.field("content-type"), before = "multipart/byteranges; boundary=";
    REQUIRE(type.starts_with(before));
    const std::string line = "--" + type.substr(before.size()), all = std::to_string(size);
    const std::string part = "\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-range: bytes ";
    CHECK(reply.body == line + part + "0-1/" + all + "\r\n\r\n" + text.substr(0, 2) + "\r\n" +  //
                            line + part + std::to_string(size - 3) + '-' + std::to_string(size - 1) + '/' + all +
                            "\r\n\r\n" + text.substr(size - 3) + "\r\n" +  //
                            line + part + "5-9/" + all + "\r\n\r\n" + text.substr(5, 5) + "\r\n" + line + "--\r\n");
    CHECK(site.get("/a.txt", {{"range", "bytes=0-1,4-5"}}).field("content-type") != type);
    CHECK((site.get("/a.txt", {{"range", "bytes=0-1,1-5"}}).body == text));
  }
}

TEST_CASE("files: a client that has the file gets 304, and one that has another version gets the file") {
  ServedFolder site;
  site.write("a.txt", "text");
  const Hearer& first = site.get("/a.txt");
  const std::string tag = first.field("etag"), date = first.field("last-modified");
  const Hearer& same = site.get("/a.txt", {{"if-none-match", tag}});
  CHECK(same.said == "accepted files · head 304 last · end");
  CHECK(same.field("etag") == tag);
  CHECK_FALSE(same.seen.has("content-length"));
  CHECK(site.get("/a.txt", {{"if-modified-since", date}}).status() == 304);
  CHECK(site.get("/a.txt", {{"if-none-match", "\"other\""}}).status() == 200);
  CHECK(site.get("/a.txt", {{"if-match", "\"other\""}}).status() == 412);
  CHECK(site.get("/a.txt", {{"if-match", tag}, {"range", "bytes=1-"}}).body == "ext");
  CHECK(site.get("/a.txt", {{"if-range", tag}, {"range", "bytes=1-"}}).body == "ext");
  CHECK(site.get("/a.txt", {{"if-range", date}, {"range", "bytes=1-"}}).body == "ext");
  CHECK(site.get("/a.txt", {{"if-range", "\"other\""}, {"range", "bytes=1-"}}).body == "text");
  CHECK(site.get("/a.txt", {{"if-none-match", tag}, {"range", "bytes=1-"}}).status() == 304);
}

TEST_CASE("files: a file with the time of a build system has no date, and a new release of equal size another tag") {
  ServedFolder site;
  const std::string path = site.folder.path("root/a.txt");
  const timespec times[2] = {{1, 0}, {1, 0}};
  site.write("a.txt", "v1");
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
  const std::string tag = site.get("/a.txt").field("etag");
  CHECK_FALSE(site.get("/a.txt").seen.has("last-modified"));
  site.write("new", "v2");
  fs::rename(site.folder.path("root/new"), path);
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
  site.clock.time += kLookAgain;
  const Hearer& release = site.get("/a.txt", {{"if-none-match", tag}});
  CHECK(release.status() == 200);
  CHECK(release.body == "v2");
}

TEST_CASE("files: a date in the future is none (RFC 9110 section 8.8.2.1)") {
  ServedFolder site;
  site.write("a.txt", "x");
  site.clock.wall = std::chrono::system_clock::now() - std::chrono::hours(1);
  CHECK_FALSE(site.get("/a.txt").seen.has("last-modified"));
}

TEST_CASE("files: validators and ages are as the specification says") {
  FilesSpec spec;
  spec.etag = spec.last_modified = false;
  spec.max_age = 3'600;
  spec.max_age_page = 300;
  ServedFolder site(spec);
  site.write("a.html", "x");
  site.write("a.css", "x");
  CHECK(site.get("/a.html").field("cache-control") == "max-age=300");
  const Hearer& reply = site.get("/a.css");
  CHECK(reply.field("cache-control") == "max-age=3600");
  CHECK_FALSE(reply.seen.has("etag"));
  CHECK_FALSE(reply.seen.has("last-modified"));
  spec.cache_control = "no-store";
  ServedFolder other(spec);
  other.write("a.html", "x");
  CHECK(other.get("/a.html").field("cache-control") == "no-store");
}

// --- Precompressed ------------------------------------------------------------------------------------------------

TEST_CASE("files: a file that lies beside in another coding comes as the file itself, by the client's liking") {
  ServedFolder site;
  site.write("a.css", "plain");
  site.write("a.css.br", "brotli");
  site.write("a.css.gz", "zipped");
  for (int time = 0; time < 2; ++time) {
    const Hearer& br = site.get("/a.css", {{"accept-encoding", "gzip, br"}});
    CHECK(br.body == "brotli");
    CHECK(br.field("content-encoding") == "br");
    CHECK(br.field("content-type") == "text/css; charset=utf-8");
    CHECK(br.field("content-length") == "6");
    CHECK(site.get("/a.css", {{"accept-encoding", "gzip, br;q=0.1"}}).body == "zipped");
    CHECK(site.get("/a.css", {{"accept-encoding", "zstd"}}).body == "plain");
    CHECK(site.get("/a.css").body == "plain");
  }
  CHECK(site.get("/a.css.gz").body == "zipped");
}

TEST_CASE("files: each coding has its own tag, and each status says that they vary (RFC 9110 section 15.4.5)") {
  ServedFolder site;
  site.write("a.css", "plain");
  site.write("a.css.gz", "zipped");
  site.write("b.css", "plain");
  const Head gzip{{"accept-encoding", "gzip"}};
  const std::string plain = site.get("/a.css").field("etag"), zipped = site.get("/a.css", gzip).field("etag");
  CHECK(plain != zipped);
  const auto ask = [&site](const std::string& name, const std::string& value) -> Hearer& {
    return site.get("/a.css", {{"accept-encoding", "gzip"}, {name, value}});
  };
  for (const Hearer* reply : {&site.get("/a.css"), &site.get("/a.css", gzip), &ask("range", "bytes=0-1"),
                              &ask("if-none-match", zipped), &ask("if-match", plain), &ask("range", "bytes=9-")}) {
    CAPTURE(reply->status());
    CHECK(reply->field("vary") == "accept-encoding");
  }
  CHECK(ask("if-none-match", zipped).status() == 304);
  CHECK(ask("if-none-match", plain).status() == 200);
  CHECK(ask("range", "bytes=0-1").body == "zi");
  CHECK(ask("range", "bytes=0-1").field("content-encoding") == "gzip");
  CHECK_FALSE(site.get("/b.css").seen.has("vary"));
}

TEST_CASE("files: a coded file that is removed this second leaves the file itself") {
  ServedFolder site;
  const std::string text = long_text(400'000);
  site.write("a.css", text);
  site.write("a.css.gz", text.substr(1));
  const Head gzip{{"accept-encoding", "gzip"}};
  CHECK((site.get("/a.css", gzip).body == text.substr(1)));
  fs::remove(site.folder.path("root/a.css.gz"));
  const Hearer& reply = site.get("/a.css", gzip);
  CHECK((reply.body == text));
  CHECK_FALSE(reply.seen.has("content-encoding"));
  CHECK(reply.field("content-length") == "400000");
}

// --- Folders ------------------------------------------------------------------------------------------------------

TEST_CASE("files: a folder without its slash is redirected, with the query and without a host") {
  ServedFolder site;
  fs::create_directories(site.folder.path("root/sub/a:b"));
  const Hearer& reply = site.get("/sub?x=1&y=/");
  CHECK(reply.said == "accepted files · head 301 last · end");
  CHECK(reply.field("location") == "./sub/?x=1&y=/");
  CHECK(site.get("/sub/a:b").field("location") == "./a%3Ab/");
  CHECK(site.get("//evil.example").code == Code::no_route);
}

TEST_CASE("files: a folder is its first index file, and that has its own type and tag") {
  ServedFolder site;
  site.write("index.htm", "second");
  site.write("sub/index.html", "in sub");
  CHECK(site.get("/").body == "second");
  site.write("index.html", "first");
  site.clock.time += kLookAgain;
  const Hearer& reply = site.get("/?q");
  CHECK(reply.body == "first");
  CHECK(reply.field("content-type") == "text/html; charset=utf-8");
  CHECK(reply.field("etag") == site.get("/index.html").field("etag"));
  CHECK(site.get("/sub/").body == "in sub");
  CHECK(site.get("/index.html/").code == Code::no_route);
}

TEST_CASE("files: a listing comes only when asked, and not instead of an index file") {
  ServedFolder hidden;
  CHECK(hidden.get("/").code == Code::no_route);
  ServedFolder site(with_listing());
  site.write("a<b", "x");
  const Hearer& reply = site.get("/");
  CHECK(reply.status() == 200);
  CHECK(reply.field("content-type") == "text/html; charset=utf-8");
  CHECK(reply.field("content-length") == std::to_string(reply.body.size()));
  CHECK(reply.body.find("a&lt;b") != std::string::npos);
  CHECK(site.get("/", {}, "HEAD").body.empty());
  CHECK(site.get("/none/").code == Code::no_route);
  site.write("index.html", "index");
  CHECK(site.get("/").body == "index");
}

TEST_CASE("files: a listing longer than the first window comes by credit") {
  ServedFolder site(with_listing());
  for (int at = 0; at < 900; ++at) site.write("sub/" + std::string(100, 'n') + std::to_string(at), "");
  Hearer& reply = site.open("/sub/");
  site.turn();
  CHECK(reply.body.size() == kFirstReplyWindow);
  site.backend().credit(reply.key, 1'000'000);
  site.turn();
  CHECK(reply.is_over);
  CHECK(reply.field("content-length") == std::to_string(reply.body.size()));
  CHECK(reply.body.ends_with("</html>\n"));
}

TEST_CASE("files: a path without a file gets the fallback of a single-page application") {
  ServedFolder site(with_fallback());
  site.write("app.html", "app");
  site.write("a.css", "css");
  for (const char* path : {"/users/7", "/", "/none.js?x", "/sub/"}) {
    CAPTURE(path);
    const Hearer& reply = site.get(path);
    CHECK(reply.status() == 200);
    CHECK(reply.body == "app");
    CHECK(reply.field("content-type") == "text/html; charset=utf-8");
  }
  CHECK(site.get("/a.css").body == "css");
  CHECK(site.get("/%2e%2e/app.html").code == Code::no_route);
  fs::remove(site.folder.path("root/app.html"));
  site.clock.time += kLookAgain;
  CHECK(site.get("/users/7").code == Code::no_route);
}

// --- Streams ------------------------------------------------------------------------------------------------------

TEST_CASE("files: no byte more than the credit is sent, and nothing is read ahead") {
  ServedFolder site;
  const std::string text = long_text(1'000'000);
  site.write("a.txt", text);
  Hearer& reply = site.open("/a.txt");
  site.turn();
  CHECK(reply.body.size() == kFirstReplyWindow);
  site.turn();
  CHECK(reply.body.size() == kFirstReplyWindow);
  site.backend().credit(reply.key, 1);
  site.turn();
  CHECK(reply.body.size() == kFirstReplyWindow + 1);
  site.backend().credit(reply.key, 500'000);
  site.turn();
  CHECK(reply.body.size() == kFirstReplyWindow + 500'001);
  CHECK_FALSE(reply.is_over);
  site.backend().credit(reply.key, 0x7000'0000);
  site.turn();
  CHECK((reply.body == text));
  CHECK(reply.said.ends_with("end"));
}

TEST_CASE("files: a file larger than 4 GiB is read at the right place") {
  ServedFolder site;
  const std::string path = site.folder.path("root/huge");
  const int fd = ::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  REQUIRE(::ftruncate(fd, 5'000'000'000) == 0);
  REQUIRE(::pwrite(fd, "end", 3, 4'999'999'997) == 3);
  ::close(fd);
  CHECK(site.get("/huge", {}, "HEAD").field("content-length") == "5000000000");
  CHECK(site.get("/huge", {{"range", "bytes=-3"}}).body == "end");
  CHECK(site.get("/huge", {{"range", "bytes=4999999996-4999999998"}}).body == std::string("\0en", 3));
}

TEST_CASE("files: a file that shrinks while it is sent ends in a reset, never in a body that looks whole") {
  ServedFolder site;
  site.write("a.txt", long_text(300'000));
  Hearer& reply = site.open("/a.txt");
  site.turn();
  fs::resize_file(site.folder.path("root/a.txt"), 100'000);
  site.backend().credit(reply.key, 1'000'000);
  site.turn();
  CHECK(reply.body.size() == 100'000);
  CHECK(reply.said == "accepted files · head 200 · reset");
  CHECK(reply.code == Code::backend_reset);
}

TEST_CASE("files: a file that grows while it is sent keeps the length that was said") {
  ServedFolder site;
  const std::string text = long_text(300'000);
  site.write("a.txt", text);
  Hearer& reply = site.open("/a.txt");
  site.turn();
  site.write("a.txt", text + "more");
  site.backend().credit(reply.key, 1'000'000);
  site.turn();
  CHECK((reply.body == text));
  CHECK(reply.said.ends_with("end"));
}

TEST_CASE("files: a file that is replaced while it is sent comes whole from the old one") {
  ServedFolder site;
  const std::string text = long_text(300'000);
  site.write("a.txt", text);
  Hearer& reply = site.open("/a.txt");
  site.turn();
  site.write("new", std::string(300'000, 'n'));
  fs::rename(site.folder.path("root/new"), site.folder.path("root/a.txt"));
  site.backend().credit(reply.key, 1'000'000);
  site.turn();
  CHECK((reply.body == text));
}

TEST_CASE("files: size and bytes are of one file, also when it changed within the second that its facts are believed") {
  ServedFolder site;
  site.write("a.txt", long_text(400'000));
  const std::string tag = site.get("/a.txt").field("etag");
  const std::string text = long_text(450'000);
  site.write("a.txt", text);
  const Hearer& reply = site.get("/a.txt", {{"if-none-match", "\"other\""}});
  CHECK(reply.field("content-length") == "450000");
  CHECK((reply.body == text));
  CHECK(reply.field("etag") != tag);
}

TEST_CASE("files: a file that is removed is a 404 at once when it is not in memory") {
  ServedFolder site;
  site.write("a.txt", long_text(400'000));
  CHECK(site.get("/a.txt").body.size() == 400'000);
  fs::remove(site.folder.path("root/a.txt"));
  CHECK(site.get("/a.txt").code == Code::no_route);
}

TEST_CASE("files: a reply from memory goes on when the loop knows another version by now") {
  ServedFolder site;
  const std::string text = long_text(200'000), release(200'000, 'n');
  site.write("a.txt", text);
  Hearer& reply = site.open("/a.txt");
  site.turn();
  CHECK(reply.body.size() == kFirstReplyWindow);
  site.write("a.txt", release);
  site.clock.time += kLookAgain;
  CHECK((site.get("/a.txt").body == release));
  site.backend().credit(reply.key, 200'000);
  site.turn();
  CHECK((reply.body == text));
  CHECK(reply.said.ends_with("end"));
}

TEST_CASE("files: a turn sends a bounded number of bytes, also to a client that takes everything at once") {
  ServedFolder site;
  const std::string text = long_text(10'000'000);
  site.write("a.txt", text);
  site.write("small", "small");
  Hearer& reply = site.open("/a.txt");
  reply.on_data = [&](std::size_t bytes) { site.backend().credit(reply.key, static_cast<std::uint32_t>(bytes)); };
  int turns = 0;
  std::size_t before = 0;
  for (; !reply.is_over && turns < 100; ++turns) {
    if (turns == 2) {
      const Hearer& other = site.open("/small");
      site.turn();
      CHECK(other.body == "small");
    } else {
      site.turn();
    }
    CHECK(reply.body.size() - before <= 3 * (kTurnBytes + kReadSize));  // the loop of a test has up to three turns
    before = reply.body.size();
  }
  CHECK((reply.body == text));
  CHECK(turns >= 3);
}

TEST_CASE("files: streams get their shares in turn") {
  ServedFolder site;
  site.write("a.txt", long_text(4'000'000));
  Hearer& one = site.open("/a.txt");
  Hearer& other = site.open("/a.txt");
  site.turn();
  site.backend().credit(one.key, 4'000'000);
  site.backend().credit(other.key, 4'000'000);
  for (int turns = 0; turns < 100 && !one.is_over; ++turns) {
    site.turn();
    if (one.is_over) break;
    const std::size_t ahead =
        std::max(one.body.size(), other.body.size()) - std::min(one.body.size(), other.body.size());
    CHECK(ahead <= 2 * kReadSize);
  }
  CHECK(one.is_over);
  CHECK(other.body.size() + 2 * kReadSize >= 4'000'000);
}

TEST_CASE("files: a reset from inside a verb ends the stream, and nothing more is said") {
  ServedFolder site;
  site.write("a.txt", long_text(300'000));
  site.write("small", "small");
  Hearer& reply = site.open("/a.txt");
  reply.on_data = [&](std::size_t) { site.backend().reset(reply.key, ResetCode::cancel); };
  site.turn();
  site.backend().credit(reply.key, 1'000'000);
  site.turn();
  CHECK(reply.pieces == 1);
  CHECK(reply.said == "accepted files · head 200 · ");
  CHECK(site.get("/small").body == "small");
}

TEST_CASE("files: a stream that is reset before its turn says nothing") {
  ServedFolder site;
  site.write("a.txt", "x");
  Hearer& reply = site.open("/a.txt");
  site.backend().reset(reply.key, ResetCode::cancel);
  site.turn();
  CHECK(reply.said.empty());
}

TEST_CASE("files: an exchange that is over without a word costs no stream and no descriptor") {
  ServedFolder site;
  site.write("a.txt", long_text(300'000));
  static_cast<void>(site.backend());
  const auto before = open_descriptors();
  for (int at = 0; at < 20; ++at) {
    Hearer& reply = site.open("/a.txt");
    site.turn();
    reply.is_over = true;
    site.backend().credit(reply.key, 1'000);
    site.turn();
  }
  CHECK(open_descriptors() == before);
  CHECK(site.backend().members().at(0).text.find(" 0 replies open") != std::string::npos);
}

TEST_CASE("files: the content of a request is taken and not read") {
  ServedFolder site;
  site.write("a.txt", long_text(300'000));
  Hearer& reply = site.open("/a.txt");
  site.backend().data(reply.key, as_bytes("12345"));
  CHECK(reply.credited == 5);
  site.backend().reset(reply.key, ResetCode::cancel);
  site.backend().data(reply.key, as_bytes("12345"));
  CHECK(reply.credited == 5);
}

TEST_CASE("files: a backend may be destroyed when it is empty, or with streams and work left") {
  ServedFolder site;
  site.write("a.txt", long_text(4'000'000));
  Hearer& reply = site.open("/a.txt");
  site.turn();
  site.backend().reset(reply.key, ResetCode::cancel);
  site.made.reset();
  site.turn();
  Hearer& next = site.open("/a.txt");
  next.on_data = [&](std::size_t bytes) { site.backend().credit(next.key, static_cast<std::uint32_t>(bytes)); };
  site.loop.post([&] { site.made.reset(); });  // runs before the task with which the backend goes on
  site.turn();
  CHECK(site.made == nullptr);
  CHECK(next.body.size() >= kTurnBytes);
  CHECK_FALSE(next.is_over);
}

TEST_CASE("files: a missing root is an error at the start that names it") {
  ServedFolder site;
  site.spec.root = site.folder.path("none");
  FilesBackend backend(site.loop, site.clock, site.types, site.spec);
  const auto started = backend.start();
  REQUIRE_FALSE(started.has_value());
  CHECK(started.error().detail.find("none") != std::string::npos);
}
