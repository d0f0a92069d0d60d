#include "router/backends/files/file_reply.h"

namespace zeroway {

namespace {

constexpr std::string_view kUnknownType = "application/octet-stream";

std::string_view type_of(const Representation& file) { return file.type.empty() ? kUnknownType : file.type; }

// What every status says of the representation, also 304 (RFC 9110 §15.4.5).
void add_identity(Head& head, const Representation& file) {
  if (!file.validators.etag.empty()) head.add("etag", file.validators.etag);
  if (file.validators.last_modified) head.add("last-modified", file.last_modified);
  if (!file.cache_control.empty()) head.add("cache-control", file.cache_control);
  if (file.varies) head.add("vary", "accept-encoding");
}

void add_content(Head& head, const Representation& file, std::string_view type, std::uint64_t length) {
  head.add("content-type", type);
  if (file.type.empty()) head.add("x-content-type-options", "nosniff");
  if (file.coding != Coding::identity) head.add("content-encoding", coding_name(file.coding));
  head.add("content-length", std::to_string(length));
}

void reply_whole(const Representation& file, FileReply& reply) {
  reply.head.add(":status", "200");
  add_content(reply.head, file, type_of(file), file.size);
  reply.head.add("accept-ranges", "bytes");
  add_identity(reply.head, file);
  reply.parts.push_back({{}, {0, file.size}});
}

void reply_part(const Representation& file, const ByteRange& range, FileReply& reply) {
  reply.head.add(":status", "206");
  add_content(reply.head, file, type_of(file), range.size);
  reply.head.add("content-range", content_range(range, file.size));
  add_identity(reply.head, file);
  reply.parts.push_back({{}, range});
}

// multipart/byteranges, RFC 9110 §14.6.
void reply_parts(const Representation& file, const std::vector<ByteRange>& ranges, std::string_view boundary,
                 FileReply& reply) {
  const std::string line = "--" + std::string(boundary);
  reply.closing = "\r\n" + line + "--\r\n";
  std::uint64_t length = reply.closing.size();
  for (const ByteRange& range : ranges) {
    std::string text = (reply.parts.empty() ? "" : "\r\n") + line + "\r\ncontent-type: " + std::string(type_of(file)) +
                       "\r\ncontent-range: " + content_range(range, file.size) + "\r\n\r\n";
    length += text.size() + range.size;
    reply.parts.push_back({std::move(text), range});
  }
  reply.head.add(":status", "206");
  add_content(reply.head, file, "multipart/byteranges; boundary=" + std::string(boundary), length);
  add_identity(reply.head, file);
}

void reply_without_range(const Representation& file, FileReply& reply) {
  reply.head.add(":status", "416");
  reply.head.add("content-range", unsatisfied_range(file.size));
  reply.head.add("content-length", "0");
  add_identity(reply.head, file);
}

void reply_bare(std::string_view status, const Representation& file, FileReply& reply) {
  reply.head.add(":status", status);
  if (status != "304") reply.head.add("content-length", "0");
  add_identity(reply.head, file);
}

// Only GET has ranges (RFC 9110 §14.2). Several Range fields are one malformed field.
ByteRanges wanted_ranges(const Head& request, const Representation& file, std::int64_t now) {
  const auto field = request.find("range");
  if (!field || request.method() != "GET" || request.count("range") > 1) return {};
  return is_range_current(request, file.validators, now) ? read_ranges(*field, file.size) : ByteRanges{};
}

void reply_with_content(const Head& request, const Representation& file, std::int64_t now, std::string_view boundary,
                        FileReply& reply) {
  const ByteRanges ranges = wanted_ranges(request, file, now);
  if (ranges.verdict == RangeVerdict::unsatisfiable) return reply_without_range(file, reply);
  if (ranges.verdict == RangeVerdict::whole) return reply_whole(file, reply);
  if (ranges.parts.size() == 1) return reply_part(file, ranges.parts.front(), reply);
  reply_parts(file, ranges.parts, boundary, reply);
}

}  // namespace

void FileReply::clear() {
  head.clear();
  parts.clear();
  closing.clear();
}

void reply_with_file(const Head& request, const Representation& file, std::int64_t now, std::string_view boundary,
                     FileReply& reply) {
  reply.clear();
  const ConditionVerdict verdict = judge_conditions(request, file.validators);
  if (verdict == ConditionVerdict::failed) return reply_bare("412", file, reply);
  if (verdict == ConditionVerdict::not_modified) return reply_bare("304", file, reply);
  reply_with_content(request, file, now, boundary, reply);
  if (request.method() == "HEAD" || file.size == 0) reply.parts.clear();
}

}  // namespace zeroway
