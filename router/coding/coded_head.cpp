#include "router/coding/coded_head.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "proto/ascii.h"
#include "router/coding/body_types.h"

namespace zeroway {

namespace {

constexpr std::array<std::string_view, 4> kDigests{"content-digest", "repr-digest", "digest", "content-md5"};
constexpr std::array<std::string_view, 2> kTagLists{"if-none-match", "if-match"};
constexpr std::string_view kAcceptEncoding = "accept-encoding";

bool is_prefix(std::string_view text, std::string_view start) {
  return text.size() >= start.size() && is_same_word(text.substr(0, start.size()), start);
}

// Whether a field that holds a list has this member; `=` and what follows a member do not count.
bool lists(const Head& head, std::string_view name, std::string_view member) {
  for (const Field field : head) {
    if (field.name != name) continue;
    std::string_view list = field.value;
    while (!list.empty()) {
      const std::size_t end = std::min(list.find(','), list.size());
      if (is_same_word(trimmed(list.substr(0, end)), member)) return true;
      list.remove_prefix(std::min(end + 1, list.size()));
    }
  }
  return false;
}

bool has_whole_body(int status) {
  return status >= 200 && status != 204 && status != 205 && status != 206 && status != 304;
}

bool has_digest(const Head& reply) {
  return std::any_of(kDigests.begin(), kDigests.end(), [&](std::string_view name) { return reply.has(name); });
}

bool may_be_coded(const Head& reply, const CodingTerms& terms) {
  if (!has_whole_body(reply.status()) || reply.has("content-encoding") || reply.has("content-range")) return false;
  const auto type = reply.find("content-type");
  return type && is_of_types(*type, terms.types) && !is_grpc(reply) && !forbids_transform(reply) && !has_digest(reply);
}

// Adds to `list` the strong form of each weak tag in it. A tag may hold commas, and no quotes (RFC 9110 §8.8.3).
std::string with_strong_tags(std::string_view list) {
  std::string longer(list);
  while (!list.empty()) {
    const std::size_t open = list.find('"');
    const std::size_t close = open == std::string_view::npos ? open : list.find('"', open + 1);
    if (close == std::string_view::npos) break;
    if (list.substr(0, open).ends_with("W/")) longer.append(", ").append(list.substr(open, close + 1 - open));
    list.remove_prefix(close + 1);
  }
  return longer;
}

std::string joined(const Head& head, std::string_view name) {
  std::string all;
  for (const Field field : head) {
    if (field.name != name || trimmed(field.value).empty()) continue;
    if (!all.empty()) all += ", ";
    all += field.value;
  }
  return all;
}

}  // namespace

SaidLength said_length(const Head& reply) {
  const auto text = reply.find("content-length");
  if (!text) return {};
  std::uint64_t bytes = 0;
  const char* const end = text->data() + text->size();
  const auto [stop, failure] = std::from_chars(text->data(), end, bytes);
  const bool is_number = !text->empty() && failure == std::errc() && stop == end;
  if (!is_number || reply.count("content-length") > 1) return {.is_wrong = true};
  return {.bytes = bytes};
}

CodingVerdict judge_reply(const Head& reply, Last last, const CodingTerms& terms) {
  const SaidLength length = said_length(reply);
  const bool is_empty = length.bytes == 0U || (last == Last::yes && !length.bytes);
  if (length.is_wrong || is_empty || !may_be_coded(reply, terms)) return CodingVerdict::never;
  return length.bytes && *length.bytes < terms.min_size ? CodingVerdict::small : CodingVerdict::fit;
}

bool forbids_transform(const Head& head) { return lists(head, "cache-control", "no-transform"); }

bool is_grpc(const Head& head) {
  return is_prefix(head.find("content-type").value_or(std::string_view()), "application/grpc");
}

BodyKind body_kind(const Head& reply) {
  static const std::array<std::string, 1> kEvents{"text/event-stream"};
  return is_of_types(reply.find("content-type").value_or(std::string_view()), kEvents) ? BodyKind::events
                                                                                       : BodyKind::usual;
}

void mark_varying(Head& reply) {
  if (lists(reply, "vary", kAcceptEncoding) || lists(reply, "vary", "*")) return;
  std::string vary = joined(reply, "vary");
  if (!vary.empty()) vary += ", ";
  reply.set("vary", vary.append(kAcceptEncoding));
}

void mark_coded(Head& reply, Coding coding) {
  reply.set("content-encoding", coding_name(coding));
  reply.remove("content-length");
  reply.remove("accept-ranges");
  weaken_tag(reply);
}

void weaken_tag(Head& head) {
  const auto tag = head.find("etag");
  if (tag && tag->starts_with('"')) head.set("etag", "W/" + std::string(*tag));
}

bool lists_weak_tag(const Head& request) {
  return std::any_of(kTagLists.begin(), kTagLists.end(),
                     [&](std::string_view name) { return joined(request, name).find("W/\"") != std::string::npos; });
}

void add_strong_tags(Head& request) {
  for (const std::string_view name : kTagLists)
    if (request.has(name)) request.set(name, with_strong_tags(joined(request, name)));
}

}  // namespace zeroway
