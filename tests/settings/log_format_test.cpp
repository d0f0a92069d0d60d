#include "router/settings/log_format.h"

#include <doctest/doctest.h>

#include "tests/settings/file_text.h"

using namespace zeroway;

namespace {

std::string wrong(std::string_view text) {
  const auto read = LogFormat::read(text);
  return read ? "" : read.error().detail;
}

}  // namespace

TEST_CASE("log format: a template is literals and fields") {
  const auto format = LogFormat::read("a {status}|{{{path}}} z");
  REQUIRE(format.has_value());
  const auto& pieces = format->pieces();
  REQUIRE(pieces.size() == 3);
  CHECK(pieces[0] == LogFormat::Piece{"a ", LogField::status});
  CHECK(pieces[1] == LogFormat::Piece{"|{", LogField::path});
  CHECK(pieces[2] == LogFormat::Piece{"} z", LogField::none});
  CHECK(format->has(LogField::path));
  CHECK_FALSE(format->has(LogField::request_id));
}

TEST_CASE("log format: combined, common and json are known by name") {
  CHECK(*LogFormat::read("combined") == LogFormat());
  CHECK(*LogFormat::read("common") == LogFormat::common());
  CHECK(LogFormat::read("json")->is_json());
  CHECK(LogFormat::json().has(LogField::trace_id));
  CHECK_FALSE(LogFormat::combined().is_json());
}

TEST_CASE("log format: an error names what is wrong, and the nearest word") {
  CHECK(wrong("{statsu} {path}") == "there is no field {statsu}; is {status} meant?");
  CHECK(wrong("{}") == "there is no field {}");
  CHECK(wrong("combind") == "it is the name of no form, and a template has {fields}; is combined meant?");
  CHECK(wrong("") == "it is the name of no form, and a template has {fields}");
  CHECK(wrong("{{status}}") == "it is the name of no form, and a template has {fields}");
  CHECK(wrong("{status") == "it has a '{' without its '}'; {{ is a brace");
  CHECK(wrong("{status} }") == "it has a '}' without its '{'; }} is a brace");
  CHECK(wrong("{status}\n") == "it has a control character");
  CHECK(wrong("{status}\t{path}").empty());
}

TEST_CASE("log format: every field has one name, and help") {
  for (const LogFieldName& field : log_fields()) {
    CHECK(wrong("{" + std::string(field.name) + "}").empty());
    CHECK_FALSE(field.help.empty());
  }
}

TEST_CASE("log of a site: as [logging] says, unless the site says something else") {
  const std::string logging = "[logging]\naccess_log = \"all\"\nformat = \"json\"\n";
  const auto site_of = [&](const std::string& more) {
    return good(read_toml_text(logging + "[[sites]]\nname = \"a\"\nhostname = \"a.test\"\nport = 80\n" + more))
        .file->sites.front()
        .log;
  };
  CHECK(site_of("").access_log.ends_with("/all"));
  CHECK(site_of("").format.is_json());
  CHECK(site_of("[sites.log]\naccess_log = \"off\"\n").access_log.empty());
  CHECK(site_of("[sites.log]\naccess_log = \"-\"\n").access_log == "-");
  CHECK(site_of("[sites.log]\nformat = \"{status}\"\n").access_log.ends_with("/all"));
  CHECK(site_of("[sites.log]\nformat = \"{status}\"\n").format == *LogFormat::read("{status}"));
}
