// Removing, setting and adding fields, in this order.
#include "router/plan/field_changes.h"

#include <doctest/doctest.h>

namespace zeroway {

namespace {

FieldTemplate value(std::string_view text) {
  auto read = FieldTemplate::read(text);
  REQUIRE(read.has_value());
  return std::move(*read);
}

std::string applied(const FieldChanges& changes, Head head, const FieldValues& values = {}) {
  std::string scratch = "of the field before";
  changes.apply(head, values, scratch);
  std::string text;
  for (const Field field : head)
    text.append(text.empty() ? "" : " · ").append(field.name).append(": ").append(field.value);
  return text;
}

}  // namespace

TEST_CASE("field changes: without changes a head stays as it is") {
  const FieldChanges none;
  CHECK(none.is_empty());
  CHECK(applied(none, {{"a", "1"}, {"a", "2"}, {"b", ""}}) == "a: 1 · a: 2 · b: ");
}

TEST_CASE("field changes: remove takes all fields of a name, set leaves one, add adds one") {
  FieldChanges changes;
  changes.remove("gone");
  changes.set("one", value("new"));
  changes.add("more", value("third"));
  CHECK_FALSE(changes.is_empty());
  CHECK(applied(changes, {{"gone", "1"}, {"one", "a"}, {"more", "x"}, {"gone", "2"}, {"one", "b"}, {"more", "y"}}) ==
        "one: new · more: x · more: y · more: third");
  CHECK(applied(changes, {{"goner", "1"}}) == "goner: 1 · one: new · more: third");
}

TEST_CASE("field changes: a field that is set only where it is absent never replaces one") {
  FieldChanges changes;
  changes.set_if_absent("x-frame-options", value("DENY"));
  CHECK_FALSE(changes.is_empty());
  CHECK(applied(changes, {{"a", "1"}}) == "a: 1 · x-frame-options: DENY");
  CHECK(applied(changes, {{"x-frame-options", "SAMEORIGIN"}}) == "x-frame-options: SAMEORIGIN");
  CHECK(applied(changes, {{"x-frame-options", ""}}) == "x-frame-options: ");
}

TEST_CASE("field changes: removing comes first, so a field may be removed and given anew") {
  FieldChanges changes;
  changes.set("server", value("mine"));
  changes.remove("server");
  changes.set_if_absent("server", value("late"));
  CHECK(applied(changes, {{"server", "theirs"}, {"server", "again"}}) == "server: mine");
  FieldChanges absent;
  absent.set_if_absent("server", value("mine"));
  absent.remove("server");
  CHECK(applied(absent, {{"server", "theirs"}}) == "server: mine");
}

TEST_CASE("field changes: each value is written for the request, without anything of the value before") {
  FieldChanges changes;
  changes.set("a", value("$scheme://$host"));
  changes.set("b", value("$path"));
  changes.add("c", value(""));
  CHECK(applied(changes, {}, {.host = "h", .scheme = "https", .path = "/p"}) == "a: https://h · b: /p · c: ");
}

TEST_CASE("field changes: no value of a request can end a field") {
  FieldChanges changes;
  changes.set("a", value("<$query>"));
  CHECK(applied(changes, {}, {.query = "x\r\nset-cookie: y"}) == "a: <xset-cookie: y>");
}

}  // namespace zeroway
