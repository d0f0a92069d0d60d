#include "router/admin/browser_page.h"

#include <doctest/doctest.h>

#include <array>

#include "router/admin/admin_api.h"
#include "router/admin/embedded.h"

using namespace zeroway;

namespace {

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t from = text.find(begin) + begin.size();
  return text.substr(from, text.find(end, from) - from);
}

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

AdminReply reply_of(const std::string& path, const std::string& accept) {
  AdminRequest request;
  request.method = "GET";
  request.path = path;
  request.accept = accept;
  return std::get<AdminReply>(step_of(request));
}

constexpr const char* kChromium =
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8";

}  // namespace

TEST_CASE("browser page: style and scripts stand between their tags, in their order") {
  const std::array<std::string_view, 2> scripts{"a();\n", "b();\n"};
  const BrowserPage page = join_page("<style></style>|<script type=\"module\"></script>", "p { top: 0 }", scripts);
  CHECK(page.text == "<style>p { top: 0 }</style>|<script type=\"module\">a();\nb();\n</script>");
}

TEST_CASE("browser page: the policy has the hashes of style and script, as `openssl dgst -sha256` makes them") {
  const std::array<std::string_view, 2> scripts{"alert('Hello, ", "world.');"};
  const BrowserPage page = join_page("<style></style><script type=\"module\"></script>", "", scripts);
  CHECK(page.policy.find("script-src 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=';") != std::string::npos);
  CHECK(page.policy.find("style-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';") != std::string::npos);
  CHECK(page.policy.starts_with("default-src 'none';"));
  CHECK(page.policy.find("unsafe") == std::string::npos);
}

TEST_CASE("browser page: no file ends the tag around it, and nothing comes from elsewhere") {
  const BrowserPage& page = browser_page();
  CHECK(count(page.text, "<script") == 1);
  CHECK(count(page.text, "</script") == 1);
  CHECK(count(page.text, "<style") == 1);
  CHECK(count(page.text, "</style") == 1);
  CHECK(count(page.text, "<!--") == 0);
  CHECK(count(page.text, "style=") == 0);
  CHECK(count(page.text, "innerHTML") == 0);
  CHECK(count(page.text, "https://") == 0);
  CHECK(between(page.text, "<style>", "</style>") == kPageCss);
  const std::string script = between(page.text, "<script type=\"module\">", "</script>");
  CHECK(script.starts_with(kPageText));
  CHECK(script.ends_with(kPageStart));
}

TEST_CASE("browser page: who prefers HTML") {
  for (const char* accept :
       {kChromium, "text/html", "TEXT/HTML", "application/json;q=0.5, text/html", "text/html;q=0.1"})
    CHECK_MESSAGE(prefers_html(accept), accept);
  for (const char* accept : {"", "*/*", "application/json", "text/html;q=0", "text/html;q=0.5, application/json",
                             "text/html, application/json", "text/plain, application/openmetrics-text"})
    CHECK_MESSAGE(!prefers_html(accept), accept);
}

TEST_CASE("browser page: browsers get it at /, everybody else the index") {
  const AdminReply page = reply_of("/", kChromium);
  CHECK(page.type == "text/html; charset=utf-8");
  CHECK(page.body == browser_page().text);
  CHECK(page.policy == browser_page().policy);
  const AdminReply index = reply_of("/", "*/*");
  CHECK(index.type == "application/json");
  CHECK(index.policy == "default-src 'none'; frame-ancestors 'none'");
  for (const AdminReply* reply : {&page, &index}) {
    REQUIRE(reply->fields.size() == 1);
    CHECK(reply->fields[0] == std::pair<std::string, std::string>{"vary", "accept"});
  }
  CHECK(reply_of("/api/v1", kChromium).type == "application/json");
}
