#include "router/backends/files/conditions.h"

#include "proto/ascii.h"
#include "router/observe/http_date.h"

namespace zeroway {

namespace {

enum class Comparison : bool { weak, strong };

// Takes the first tag out of a list. Nothing at the end of the list, and at the first element that is no tag.
std::optional<std::string_view> take_tag(std::string_view& list) {
  const std::size_t start = list.find_first_not_of(" \t,");
  if (start == std::string_view::npos) return std::nullopt;
  list.remove_prefix(start);
  const std::size_t quote = list.starts_with("W/") ? 2 : 0;
  if (list.size() <= quote || list[quote] != '"') return std::nullopt;
  const std::size_t end = list.find('"', quote + 1);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view tag = list.substr(0, end + 1);
  list.remove_prefix(end + 1);
  return tag;
}

bool is_weak(std::string_view tag) { return tag.starts_with("W/"); }

// RFC 9110 §8.8.3.2.
bool is_same_tag(std::string_view one, std::string_view other, Comparison comparison) {
  if (comparison == Comparison::strong) return one == other && !is_weak(one);
  return one.substr(is_weak(one) ? 2 : 0) == other.substr(is_weak(other) ? 2 : 0);
}

bool lists_tag(std::string_view list, std::string_view tag, Comparison comparison) {
  if (trimmed(list) == "*") return true;
  if (tag.empty()) return false;
  while (const auto listed = take_tag(list))
    if (is_same_tag(*listed, tag, comparison)) return true;
  return false;
}

// The field may come several times: one list.
bool any_lists_tag(const Head& request, std::string_view name, std::string_view tag, Comparison comparison) {
  for (const Field field : request)
    if (field.name == name && lists_tag(field.value, tag, comparison)) return true;
  return false;
}

// The date of a field, when both the field and the file have one.
std::optional<std::int64_t> date_of(const Head& request, std::string_view name, const Validators& file) {
  const auto text = request.find(name);
  if (!text || !file.last_modified) return std::nullopt;
  return read_http_date(*text);
}

bool is_precondition_met(const Head& request, const Validators& file) {
  if (request.has("if-match")) return any_lists_tag(request, "if-match", file.etag, Comparison::strong);
  const auto date = date_of(request, "if-unmodified-since", file);
  return !date || *file.last_modified <= *date;
}

bool is_read(std::string_view method) { return method == "GET" || method == "HEAD"; }

ConditionVerdict judge_freshness(const Head& request, const Validators& file) {
  const bool reads = is_read(request.method());
  if (request.has("if-none-match")) {
    if (!any_lists_tag(request, "if-none-match", file.etag, Comparison::weak)) return ConditionVerdict::met;
    return reads ? ConditionVerdict::not_modified : ConditionVerdict::failed;
  }
  const auto date = reads ? date_of(request, "if-modified-since", file) : std::nullopt;
  return date && *file.last_modified <= *date ? ConditionVerdict::not_modified : ConditionVerdict::met;
}

}  // namespace

ConditionVerdict judge_conditions(const Head& request, const Validators& file) {
  return is_precondition_met(request, file) ? judge_freshness(request, file) : ConditionVerdict::failed;
}

bool is_range_current(const Head& request, const Validators& file, std::int64_t now) {
  const auto text = request.find("if-range");
  if (!text) return true;
  const std::string_view value = trimmed(*text);
  if (value.starts_with('"') || is_weak(value)) return is_same_tag(value, file.etag, Comparison::strong);
  const auto date = read_http_date(value);
  return date && file.last_modified == date && *date < now;
}

}  // namespace zeroway
