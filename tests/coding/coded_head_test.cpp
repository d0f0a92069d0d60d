#include "router/coding/coded_head.h"

#include <doctest/doctest.h>

#include <string>

using namespace zeroway;

namespace {

CodingTerms terms() {
  CodingTerms terms;
  terms.types = {"html", "json", "event-stream"};
  return terms;
}

Head reply(std::initializer_list<Field> more = {}, std::string_view status = "200") {
  Head head{{":status", status}, {"content-type", "text/html; charset=utf-8"}};
  for (const Field& field : more) head.add(field.name, field.value);
  return head;
}

CodingVerdict judge(const Head& head, Last last = Last::no) { return judge_reply(head, last, terms()); }

std::string vary_of(Head head) {
  mark_varying(head);
  std::string all;
  for (const Field field : head)
    if (field.name == "vary") all.append(all.empty() ? "" : " | ").append(field.value);
  return all;
}

std::string changed(std::string_view name, std::string_view value) {
  Head head{{name, value}};
  add_strong_tags(head);
  return std::string(head.find(name).value_or(""));
}

}  // namespace

TEST_CASE("coded head: a body of a listed type is coded, of any length from min_size on") {
  CHECK(judge(reply()) == CodingVerdict::fit);  // of unknown length
  CHECK(judge(reply({{"content-length", "1024"}})) == CodingVerdict::fit);
  CHECK(judge(reply({{"content-length", "1023"}})) == CodingVerdict::small);
  CHECK(judge(reply({}, "404")) == CodingVerdict::fit);
  CHECK(judge(Head{{":status", "200"}, {"content-type", "image/png"}}) == CodingVerdict::never);
  CHECK(judge(Head{{":status", "200"}}) == CodingVerdict::never);
}

TEST_CASE("coded head: what is coded already is left (double coding)") {
  CHECK(judge(reply({{"content-encoding", "br"}})) == CodingVerdict::never);
  CHECK(judge(reply({{"content-encoding", "identity"}})) == CodingVerdict::never);
}

TEST_CASE("coded head: a part of a body is left (RFC 9110 §14.1.2)") {
  CHECK(judge(reply({{"content-range", "bytes 0-9/100"}}, "206")) == CodingVerdict::never);
  CHECK(judge(reply({}, "206")) == CodingVerdict::never);  // multipart/byteranges
  CHECK(judge(reply({{"content-range", "bytes */100"}}, "416")) == CodingVerdict::never);
}

TEST_CASE("coded head: replies without a body are left") {
  for (const char* status : {"204", "205", "304"}) CHECK(judge(reply({}, status)) == CodingVerdict::never);
  CHECK(judge(reply({{"content-length", "0"}})) == CodingVerdict::never);
  CHECK(judge(reply(), Last::yes) == CodingVerdict::never);
  CHECK(judge(reply({{"content-length", "9999"}}), Last::yes) == CodingVerdict::fit);  // of HEAD
}

TEST_CASE("coded head: no-transform is obeyed, wherever it stands (RFC 9111 §5.2.2.6)") {
  CHECK(judge(reply({{"cache-control", "no-transform"}})) == CodingVerdict::never);
  CHECK(judge(reply({{"cache-control", "public, No-Transform , max-age=1"}})) == CodingVerdict::never);
  CHECK(judge(reply({{"cache-control", "public"}, {"cache-control", "no-transform"}})) == CodingVerdict::never);
  CHECK(judge(reply({{"cache-control", "public, max-age=1"}})) == CodingVerdict::fit);
}

TEST_CASE("coded head: gRPC is left, whatever types are listed") {
  CodingTerms all = terms();
  all.types = {"application/*"};
  for (const char* type : {"application/grpc", "application/grpc+proto", "Application/gRPC-web"})
    CHECK(judge_reply(Head{{":status", "200"}, {"content-type", type}}, Last::no, all) == CodingVerdict::never);
}

TEST_CASE("coded head: a body whose bytes are signed is left (RFC 9530)") {
  for (const char* name : {"content-digest", "repr-digest", "digest", "content-md5"})
    CHECK(judge(reply({{name, "sha-256=:abc:"}})) == CodingVerdict::never);
}

TEST_CASE("coded head: a wrong length is left to the exchange, which refuses the reply") {
  for (const char* length : {"", "ten", "10 ", "-1", "99999999999999999999"})
    CHECK(judge(reply({{"content-length", length}})) == CodingVerdict::never);
  CHECK(judge(reply({{"content-length", "5000"}, {"content-length", "5000"}})) == CodingVerdict::never);
}

TEST_CASE("coded head: Vary names Accept-Encoding once, beside what is there") {
  CHECK(vary_of(reply()) == "accept-encoding");
  CHECK(vary_of(reply({{"vary", "Origin"}})) == "Origin, accept-encoding");
  CHECK(vary_of(reply({{"vary", "Origin"}, {"vary", "Cookie"}})) == "Origin, Cookie, accept-encoding");
  CHECK(vary_of(reply({{"vary", "origin,Accept-Encoding"}})) == "origin,Accept-Encoding");
  CHECK(vary_of(reply({{"vary", ""}})) == "accept-encoding");
  CHECK(vary_of(reply({{"vary", "*"}})) == "*");
}

TEST_CASE("coded head: a coded reply has no length and no ranges, and its entity tag is weak (RFC 9110 §8.8.1)") {
  Head head = reply({{"content-length", "5000"}, {"accept-ranges", "bytes"}, {"etag", "\"a\""}});
  mark_coded(head, Coding::zstd);
  CHECK(head.find("content-encoding") == "zstd");
  CHECK_FALSE(head.has("content-length"));
  CHECK_FALSE(head.has("accept-ranges"));
  CHECK(head.find("etag") == "W/\"a\"");
  weaken_tag(head);
  CHECK(head.find("etag") == "W/\"a\"");
}

TEST_CASE("coded head: an event stream is known by its type") {
  CHECK(body_kind(reply()) == BodyKind::usual);
  CHECK(body_kind(Head{{"content-type", "text/event-stream; charset=utf-8"}}) == BodyKind::events);
}

TEST_CASE("coded head: the backend is asked for the strong form of each weak tag, too") {
  CHECK(changed("if-none-match", "W/\"a\"") == "W/\"a\", \"a\"");
  CHECK(changed("if-none-match", "\"a\", W/\"b,c\",W/\"d\"") == "\"a\", W/\"b,c\",W/\"d\", \"b,c\", \"d\"");
  CHECK(changed("if-match", "W/\"a\"") == "W/\"a\", \"a\"");
  CHECK(changed("if-none-match", "\"a\"") == "\"a\"");
  CHECK(changed("if-none-match", "*") == "*");
  CHECK(changed("if-none-match", "W/\"a") == "W/\"a");
  Head twice{{"if-none-match", "W/\"a\""}, {"if-none-match", "W/\"b\""}};
  add_strong_tags(twice);
  CHECK(twice.find("if-none-match") == "W/\"a\", W/\"b\", \"a\", \"b\"");
  CHECK(twice.count("if-none-match") == 1);
  CHECK(lists_weak_tag(Head{{"if-none-match", "W/\"a\""}}));
  CHECK_FALSE(lists_weak_tag(Head{{"if-none-match", "\"a\""}, {"etag", "W/\"b\""}}));
}
