#!/bin/sh
# Installs everything from a build folder, builds a ten-line worker against it, outside the tree, by CMake and by
# pkg-config, and has it answer a request that the installed router got. Usage: install_test.sh BUILD_FOLDER
set -eu
build=$(cd "$1" && pwd)
work=$(mktemp -d)
started=
trap 'for pid in $started; do kill "$pid" || true; done; wait; rm -rf "$work"' EXIT
cmake --install "$build" --prefix "$work/prefix" >/dev/null
for program in router hello-worker httpbin-worker echo-websocket-worker chat-worker grpc-worker hello.py; do
  "$work/prefix/bin/$program" --help >/dev/null
done
for program in keygen dev-cert; do "$work/prefix/bin/$program" --help >/dev/null; done
echo "install_test: the router, its tools and the examples are in bin"
for page in LICENSE protocol.md; do test -s "$work/prefix/share/doc/zeroway/$page"; done
grep -q '^ZEROWAY_SANITIZE:STRING=..*' "$build/CMakeCache.txt" || grep -q 'fabric' "$work/prefix/share/man/man1/router.1"
if ! grep -q '^ZEROWAY_SANITIZE:STRING=..*' "$build/CMakeCache.txt"; then
  grep -q 'router drain NAME' "$work/prefix/share/man/man1/router.1"
  bash -n "$work/prefix/share/bash-completion/completions/router"
  test -s "$work/prefix/share/zsh/site-functions/_router"
fi
echo "install_test: the licence, the protocol and the manual page are in share"

mkdir "$work/app"
cat >"$work/app/main.cpp" <<'CPP'
#include <zeroway/worker.h>
int main(int argc, char** argv) {
  zeroway::Worker worker(zeroway::WorkerOptions::from_command_line(argc, argv));
  worker.handle("GET", "/{name}", [](zeroway::Request& request, zeroway::Reply& reply) {
    reply.send("Hello, " + request.param("name") + "\n");
  });
  return worker.run();
}
CPP
cat >"$work/app/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(app CXX)
find_package(zeroway 0.1 REQUIRED)
add_executable(app main.cpp)
target_link_libraries(app zeroway::worker)
CMAKE

# A build with sanitizers has a library that needs them.
flags=$(sed -n 's/^ZEROWAY_SANITIZE:STRING=\(..*\)/-fsanitize=\1/p' "$build/CMakeCache.txt")
compiler=$(sed -n 's/^CMAKE_CXX_COMPILER:[A-Z]*=//p' "$build/CMakeCache.txt")
cmake -G Ninja -S "$work/app" -B "$work/app/build" -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_CXX_COMPILER="$compiler" \
  -DCMAKE_CXX_FLAGS="$flags" >/dev/null
cmake --build "$work/app/build" >/dev/null
"$work/app/build/app" --help | grep -q -- --connect
echo "install_test: find_package(zeroway) works"

pc=$(dirname "$(find "$work/prefix" -name zeroway-worker.pc)")
"$compiler" -std=c++20 $flags "$work/app/main.cpp" -o "$work/app/by-pkg-config" \
  $(PKG_CONFIG_PATH="$pc" pkg-config --cflags --libs zeroway-worker)
"$work/app/by-pkg-config" --help | grep -q -- --connect
echo "install_test: pkg-config zeroway-worker works"

"$work/prefix/bin/router" -s -a 127.0.0.1 -p 0 --manage off --fabric "ipc://$work/fabric" >"$work/log" &
started=$!
"$work/app/by-pkg-config" outside --connect "ipc://$work/fabric" &
started="$started $!"
for try in $(seq 300); do # a minute: sanitizers on a busy machine
  grep -q 'worker outside .* joined' "$work/log" && break
  sleep 0.2
done
port=$(sed -n 's/.*http:\/\/127.0.0.1:\([0-9]*\).*/\1/p' "$work/log")
[ "$(curl -sS "http://127.0.0.1:$port/J%C3%B6rg")" = "Hello, Jörg" ]
echo "install_test: a worker from outside the tree serves"
