// What a request to the management listener may say in its method, path, query and body: any bytes. Every request has a
// step, and a refused one says why.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "router/admin/admin_api.h"
#include "router/admin/change_reader.h"
#include "router/admin/explain.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

namespace {

// The next part, up to a line's end.
std::string next(std::string_view& rest) {
  const std::string part(rest.substr(0, rest.find('\n')));
  rest.remove_prefix(std::min(rest.size(), part.size() + 1));
  return part;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  AdminRequest request;
  request.method = next(rest);
  request.path = next(rest);
  request.query = next(rest);
  request.last_event_id = next(rest);
  request.content_type = "application/json";
  request.body = rest;
  const AdminStep step = step_of(request);
  if (const auto* reply = std::get_if<AdminReply>(&step)) must(!reply->body.empty() && reply->status >= 200);
  if (const auto* change = std::get_if<Change>(&step)) {
    must(!request.is_reading());
    const bool names = change->kind == Change::Kind::worker || change->kind == Change::Kind::server ||
                       change->kind == Change::Kind::close_of || change->kind == Change::Kind::close_stream;
    must(!names || (!change->members.empty() && !change->members.front().empty()));
  }
  const auto question = read_explain_question(request.query);
  must(question ? question->target.starts_with('/') && !question->authority.empty() : !question.error().detail.empty());
  return 0;
}
