#include "router/admin/wamp_json.h"

#include <algorithm>
#include <vector>

#include "router/admin/json_text.h"
#include "router/admin/requests_json.h"
#include "router/admin/wamp_question.h"
#include "router/observe/time_text.h"

namespace zeroway {

namespace {

void write_session(JsonText& out, const OpenSession& session) {
  const OpenRequest& request = session.request;
  const WampSessionFacts& facts = session.facts;
  out.object()
      .member("id", stream_id(session.loop, request.key))
      .member("site", request.site)
      .member("route", request.route)
      .member("host", request.host)
      .member("path", request.path)
      .member("address", request.address)
      .member("protocol", request.protocol)
      .member("state", to_text(facts.state))
      .member("realm", facts.realm)
      .member("serializer", name_of(facts.serializer))
      .member("backend_serializer", facts.backend ? name_of(*facts.backend) : "")
      .member("worker", facts.worker)
      .member("authid", facts.authid)
      .member("authrole", facts.authrole)
      .member("messages_in", facts.from_client.messages)
      .member("messages_out", facts.to_client.messages)
      .member("bytes_in", facts.from_client.bytes)
      .member("bytes_out", facts.to_client.bytes)
      .key("age_ms")
      .raw(millis_text(request.age))
      .end_object();
}

}  // namespace

std::string wamp_json(const Census& census, std::size_t most) {
  std::vector<const OpenSession*> sessions;
  for (const OpenSession& session : census.sessions) sessions.push_back(&session);
  std::sort(sessions.begin(), sessions.end(), [](const OpenSession* one, const OpenSession* other) {
    return place_of(one->facts, one->loop) < place_of(other->facts, other->loop);
  });
  const bool has_more = sessions.size() > most;
  if (has_more) sessions.resize(most);
  const std::string next = has_more ? to_text(place_of(sessions.back()->facts, sessions.back()->loop)) : "";
  JsonText out;
  out.object().key("sessions").array();
  for (const OpenSession* session : sessions) write_session(out, *session);
  out.end_array().member("next", next).member("all", census.wamp.open).end_object();
  return out.take();
}

}  // namespace zeroway
