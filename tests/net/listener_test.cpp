#include "router/net/listener.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "router/net/socket_address.h"
#include "tests/support/folder.h"

using namespace zeroway;

namespace {

// 0, or the errno of connect().
int connect_to(const SocketAddress& address, Socket& client) {
  sockaddr_storage storage;
  const socklen_t size = address.fill(storage);
  client = Socket(::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return ::connect(client.fd(), reinterpret_cast<const sockaddr*>(&storage), size) == 0 ? 0 : errno;
}

unsigned mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777U;
}

}  // namespace

TEST_CASE("listener: a unix socket takes clients, and its file has the mode asked for") {
  const Folder folder;
  const std::string path = folder.path("door");
  Loop loop;
  auto socket = listen_on_unix(path);
  REQUIRE(socket.has_value());
  CHECK(mode_of(path) == 0660);
  Peer from{"none", 1};
  Listener listener(loop, std::move(*socket), [&](Socket, Peer peer) {
    from = peer;
    loop.stop();
  });
  Socket client;
  REQUIRE(connect_to(*SocketAddress::unix_socket(path), client) == 0);
  loop.run();
  CHECK(from.address.empty());
  CHECK(listen_on_unix(folder.path("open"), 0666).has_value());
  CHECK(mode_of(folder.path("open")) == 0666);
}

TEST_CASE("listener: a socket file is replaced only when nobody listens there") {
  const Folder folder;
  const std::string path = folder.path("door");
  auto first = listen_on_unix(path);
  REQUIRE(first.has_value());
  const auto second = listen_on_unix(path);
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().detail.find("unix:" + path) != std::string::npos);
  Socket client;
  CHECK(connect_to(*SocketAddress::unix_socket(path), client) == 0);  // the first one still listens there
  *first = Socket();
  CHECK(listen_on_unix(path).has_value());
}

TEST_CASE("listener: a file that is no socket is never removed") {
  const Folder folder;
  const std::string path = folder.write("notes", "precious");
  CHECK_FALSE(listen_on_unix(path).has_value());
  CHECK_FALSE(remove_socket_file(path));
  CHECK(std::filesystem::file_size(path) == 8);
  REQUIRE(listen_on_unix(folder.path("door")).has_value());
  std::filesystem::create_symlink(folder.path("door"), folder.path("link"));
  CHECK_FALSE(remove_socket_file(folder.path("link")));
  CHECK(remove_socket_file(folder.path("door")));
  CHECK_FALSE(remove_socket_file(folder.path("door")));
}

TEST_CASE("listener: a path in no folder, or too long, is an error that names it") {
  const Folder folder;
  const auto missing = listen_on_unix(folder.path("none/door"));
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().detail.find("none/door") != std::string::npos);
  CHECK_FALSE(listen_on_unix(std::string(200, 'x')).has_value());
}

TEST_CASE("listener: a name of the abstract space is no file, and a file may have the mode that the umask leaves") {
  const Folder folder;
  const std::string name = "@" + folder.path("door");
  const auto first = listen_on_unix(name);
  REQUIRE(first.has_value());
  CHECK_FALSE(std::filesystem::exists(folder.path("door")));
  const auto second = listen_on_unix(name);
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().why == "Address already in use");
  CHECK(listen_on_unix("@").error().why == "the path is empty");
  const mode_t before = ::umask(0027);
  CHECK(listen_on_unix(folder.path("door"), std::nullopt).has_value());
  ::umask(before);
  CHECK(mode_of(folder.path("door")) == 0750);
}

TEST_CASE("listener: an error says why alone, and where with it") {
  const auto first = listen_at("127.0.0.1", 0, Share::no);
  REQUIRE(first.has_value());
  const std::uint16_t port = bound_to(*first).port;
  const auto second = listen_at("127.0.0.1", port, Share::no);
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().why == "Address already in use");
  CHECK(second.error().detail == "cannot listen on 127.0.0.1:" + std::to_string(port) + ": Address already in use");
}

TEST_CASE("listener: whether a port is free is found out without taking a client") {
  std::uint16_t port = 0;
  {
    const auto shared = listen_at("127.0.0.1", 0, Share::yes);
    REQUIRE(shared.has_value());
    port = bound_to(*shared).port;
    const auto free = check_free("127.0.0.1", port);
    REQUIRE_FALSE(free.has_value());
    CHECK(free.error().why == "Address already in use");
  }
  CHECK(check_free("127.0.0.1", port).has_value());
  Socket client;
  CHECK(connect_to(*SocketAddress::numeric("127.0.0.1", port), client) == ECONNREFUSED);
}

TEST_CASE("listener: an IPv6 address takes IPv6 clients") {
  Loop loop;
  auto socket = listen_at("::1", 0, Share::no);
  REQUIRE(socket.has_value());
  const std::uint16_t port = bound_to(*socket).port;
  std::string from;
  Listener listener(loop, std::move(*socket), [&](Socket, Peer peer) {
    from = peer.address;
    loop.stop();
  });
  Socket client;
  REQUIRE(connect_to(*SocketAddress::numeric("::1", port), client) == 0);
  loop.run();
  CHECK(from == "::1");
}
