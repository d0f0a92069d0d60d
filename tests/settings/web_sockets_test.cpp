// The ranges of the WebSocket options, each at its edges.
#include <doctest/doctest.h>

#include <functional>

#include "router/settings/checks.h"

using namespace zeroway;
using namespace std::chrono_literals;

namespace {

std::string wrong_in(const std::function<void(WebSocketSettings&)>& change) {
  WebSocketSettings settings;
  change(settings);
  const auto good = check_web_sockets(settings);
  return good ? "" : good.error().detail;
}

}  // namespace

TEST_CASE("web socket settings: the defaults are in range") {
  CHECK(wrong_in([](WebSocketSettings&) {}).empty());
}

TEST_CASE("web socket settings: a time is 0 or at least a second") {
  for (const auto time : {&WebSocketSettings::open_handshake_timeout, &WebSocketSettings::close_handshake_timeout,
                          &WebSocketSettings::auto_ping_interval, &WebSocketSettings::auto_ping_timeout}) {
    for (const Millis good : {0ms, 1000ms, 86'400'000ms}) {
      CHECK(wrong_in([&](WebSocketSettings& settings) { settings.*time = good; }).empty());
    }
    for (const Millis bad : {1ms, 999ms, -1ms}) {
      CHECK(wrong_in([&](WebSocketSettings& settings) { settings.*time = bad; }).find(" ms: wants 0") !=
            std::string::npos);
    }
  }
}

TEST_CASE("web socket settings: numbers have a least and a most") {
  const auto ping = [](std::uint32_t size) {
    return wrong_in([size](WebSocketSettings& settings) { settings.auto_ping_size = size; });
  };
  CHECK(ping(12).empty());
  CHECK(ping(125).empty());
  CHECK(ping(11) == "auto_ping_size 11: wants 12 to 125");
  CHECK(ping(126) == "auto_ping_size 126: wants 12 to 125");
  const auto deflate = [](std::uint32_t WebSocketDeflate::*which, std::uint32_t value) {
    return wrong_in([=](WebSocketSettings& settings) { (*settings.deflate).*which = value; });
  };
  for (const std::uint32_t bits : {9U, 15U}) {
    CHECK(deflate(&WebSocketDeflate::max_window_bits, bits).empty());
    CHECK(deflate(&WebSocketDeflate::request_max_window_bits, bits).empty());
  }
  CHECK(deflate(&WebSocketDeflate::request_max_window_bits, 0).empty());  // none
  for (const std::uint32_t bits : {8U, 16U}) {
    CHECK_FALSE(deflate(&WebSocketDeflate::max_window_bits, bits).empty());
    CHECK_FALSE(deflate(&WebSocketDeflate::request_max_window_bits, bits).empty());
  }
  CHECK(deflate(&WebSocketDeflate::memory_level, 1).empty());
  CHECK(deflate(&WebSocketDeflate::memory_level, 9).empty());
  CHECK_FALSE(deflate(&WebSocketDeflate::memory_level, 0).empty());
  CHECK_FALSE(deflate(&WebSocketDeflate::memory_level, 10).empty());
}

TEST_CASE("web socket settings: what an origin pattern is") {
  for (const char* good :
       {"*", "https://*.example.com", "http://localhost:*", "*://a", "*://a.test:*", "http://[::1]:8080"}) {
    CHECK(is_origin_pattern(good));
  }
  for (const char* bad : {"", "foo", "a.test", "*.example.com", "localhost:3000", "//a.test", "://a", "https://",
                          "https://a/b", "https://a.test/", "https://u@a", "a b", "https://:80"}) {
    CHECK_FALSE_MESSAGE(is_origin_pattern(bad), bad);
  }
}
