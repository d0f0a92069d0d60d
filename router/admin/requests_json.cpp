#include "router/admin/requests_json.h"

#include <algorithm>
#include <utility>

#include "router/admin/json_text.h"
#include "router/admin/limits.h"
#include "router/observe/time_text.h"

namespace zeroway {

namespace {

void write_kept(JsonText& out, std::string_view name, const std::vector<KeptRequest>& requests) {
  out.key(name).array();
  for (const KeptRequest& request : requests) out.raw(request.json);
  out.end_array();
}

void write_stream(JsonText& out, const OpenStream& stream) {
  const OpenRequest& request = stream.request;
  out.object()
      .member("id", stream_id(stream.loop, request.key))
      .member("site", request.site)
      .member("route", request.route)
      .member("upstream", request.pool)
      .member("worker", request.worker)
      .member("method", request.method)
      .member("host", request.host)
      .member("path", request.path)
      .member("address", request.address)
      .member("protocol", request.protocol)
      .member("kind", request.is_web_socket ? "web_socket" : "request")
      .key("age_ms")
      .raw(millis_text(request.age))
      .end_object();
}

}  // namespace

std::string stream_id(std::size_t loop, ExchangeKey key) { return std::to_string(loop) + "-" + std::to_string(key); }

std::string requests_json(const Census& census, std::size_t failed, std::size_t slow) {
  JsonText out;
  out.object();
  write_kept(out, "failed", newest_of(census.failed, failed));
  write_kept(out, "slow", slowest_of(census.slow, slow));
  out.end_object();
  return out.take();
}

std::string streams_json(const Census& census) {
  std::vector<OpenStream> oldest = census.oldest;
  std::stable_sort(oldest.begin(), oldest.end(),
                   [](const OpenStream& one, const OpenStream& other) { return one.request.age > other.request.age; });
  if (oldest.size() > kMostStreamsTold) oldest.resize(kMostStreamsTold);
  JsonText out;
  out.object().key("streams").array();
  for (const OpenStream& stream : oldest) write_stream(out, stream);
  out.end_array().member("all", census.counters.exchanges_open).end_object();
  return out.take();
}

}  // namespace zeroway
