// What a site answers itself below a path: folders, documents, the page of the router, archives.
#include <doctest/doctest.h>

#include <string>

#include "tests/plan/plan_text.h"

using namespace zeroway;

namespace {

struct NoClaims final : ClaimLookup {
  [[nodiscard]] std::optional<std::size_t> claimed(std::size_t, std::string_view, std::string_view) const override {
    return std::nullopt;
  }
};

const Route* route_at(const Plan& plan, std::string_view path) {
  return Plan::match(&plan.sites.front(), "example.com", path, "GET", NoClaims()).route;
}

template <class Spec>
const Spec& spec_at(const Plan& plan, std::string_view path) {
  const Route* route = route_at(plan, path);
  REQUIRE(route != nullptr);
  const BackendSpec& spec = plan.backends[route->backend];
  REQUIRE(std::holds_alternative<Spec>(spec));
  return std::get<Spec>(spec);
}

std::string plain_site(const std::string& more) {
  return site_text("fabric = false\ncompression = { enabled = false }\n" + more);
}

}  // namespace

TEST_CASE("content: a folder serves its path and all below it, without the path") {
  const auto plan =
      plan_of(plain_site("[sites.cache]\nmax_age_static = 60\n[[sites.folders]]\npath = \"/docs\"\n"
                         "static_dir = \"d\"\nlisting = true\nfallback = \"i.html\"\n"
                         "[[sites.folders]]\npath = \"/fresh\"\nstatic_dir = \"f\"\n"
                         "[sites.folders.cache]\ncache_control = \"no-cache\"\n"));
  const auto& docs = spec_at<FilesSpec>(*plan, "/docs/a");
  CHECK(docs.root.ends_with("/dir/d"));
  CHECK(docs.listing);
  CHECK(docs.fallback == "i.html");
  CHECK(docs.max_age == 60);
  CHECK(route_at(*plan, "/docs/a")->strips_prefix);
  CHECK(spec_at<FilesSpec>(*plan, "/fresh").cache_control == "no-cache");
  CHECK(route_at(*plan, "/docsx") == nullptr);
}

TEST_CASE("content: documents and the page of the router") {
  const auto plan =
      plan_of(plain_site("info_path = \"/info\"\n[[sites.documents]]\npath = \"/c.json\"\n"
                         "value = { a = [1, 2.5, true], b = \"x\" }\nany_origin = true\n"));
  const auto& document = spec_at<PageSpec>(*plan, "/c.json");
  CHECK(document.kind == PageSpec::Kind::document);
  CHECK(document.text == R"({"a":[1,2.5,true],"b":"x"})");
  CHECK(document.any_origin);
  CHECK(spec_at<PageSpec>(*plan, "/info").kind == PageSpec::Kind::info);
  CHECK_FALSE(route_at(*plan, "/info")->tells_worker);
}

TEST_CASE("content: a path that a route has already is an error with its place") {
  const auto making =
      make_plan_of(plain_site("info_path = \"/a\"\n[[sites.folders]]\npath = \"/a\"\nstatic_dir = \"d\"\n"));
  REQUIRE(making.errors.size() == 1);
  CHECK(making.errors[0] == "dir/a.toml:7:13: page '/a': a route of site 'main' has this path");
}

TEST_CASE("content: an archive that will be fetched is a warning while it is missing") {
  const std::string archive =
      "[[sites.archives]]\npath = \"/lib\"\nfile = \"lib.zip\"\norigin = \"https://a.example/l\"\n";
  CHECK(make_plan_of(plain_site(archive)).errors.size() == 1);
  const auto making = make_plan_of(plain_site(archive + "download = true\n"));
  CHECK(making.errors.empty());
  REQUIRE(making.warnings.size() == 1);
  CHECK(making.warnings[0] == "dir/lib.zip is not there: the router fetches it at its start");
  CHECK(route_at(*making.plan, "/lib") == nullptr);
}

TEST_CASE("content: how a site listens is in its listener") {
  const auto plan = plan_of(
      "[[sites]]\nname = \"main\"\nhostname = \"example.com\"\nlisten = [\"127.0.0.1:8080-8090\"]\n"
      "backlog = 5\nshared = true\nuser_timeout = \"2s\"\nstatic_dir = \"d\"\n");
  const ListenerSpec& listener = plan->listeners.front();
  CHECK(listener.port == 8080);
  CHECK(listener.last_port == 8090);
  CHECK(listener.terms == ListenTerms{5, true, Millis(2'000)});
}

TEST_CASE("content: further certificates of the chain go with the certificate") {
  const auto plan =
      plan_of(site_text("static_dir = \"d\"\n[sites.ssl]\nenabled = true\ncert_file = \"c\"\nkey_file = \"k\"\n"
                        "chain_files = [\"i\", \"/j\"]\n"));
  const TlsFiles& files = plan->listeners.front().tls.sites.front().certificates.front();
  CHECK(files.certificate == "dir/c");
  CHECK(files.chain == std::vector<std::string>{"dir/i", "/j"});
}
