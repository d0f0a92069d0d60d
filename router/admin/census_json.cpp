#include "router/admin/census_json.h"

#include <array>
#include <charconv>
#include <set>
#include <variant>

#include "router/admin/backend_words.h"
#include "router/admin/json_text.h"
#include "router/observe/report.h"
#include "router/observe/time_text.h"
#include "router/plan/realm_url.h"

namespace zeroway {

namespace {

std::string_view answer_of(const Route& route) {
  switch (route.own_answer) {
    case OwnAnswer::none:
      return "backend";
    case OwnAnswer::redirect:
      return "redirect";
    case OwnAnswer::setup:
      return "setup";
    case OwnAnswer::to_https:
      return "redirect_to_https";
    case OwnAnswer::health:
    case OwnAnswer::health_details:
    case OwnAnswer::ready:
    case OwnAnswer::live:
      return "health";
  }
  return "";
}

void write_tally(JsonText& out, const RequestTally& tally) {
  std::array<std::uint64_t, kStatusClasses> classes{};
  for (const auto& method : tally.requests)
    for (std::size_t at = 0; at < kStatusClasses; ++at) classes[at] += method[at];
  out.member("requests", tally.total()).member("open", tally.open).key("replies").object();
  for (std::size_t at = 0; at < kStatusClasses; ++at) out.member(kStatusClassNames[at], classes[at]);
  out.end_object()
      .member("bytes_in", tally.bytes_in)
      .member("bytes_out", tally.bytes_out)
      .member("retries", tally.retries)
      .member("web_sockets", tally.web_sockets)
      .member("web_sockets_open", tally.web_sockets_open);
}

void write_member(JsonText& out, const MemberFacts& member) {
  out.object().member("name", member.name);
  if (member.kind == MemberFacts::Kind::worker) out.member("instance", member.instance).member("group", member.pool);
  if (member.kind == MemberFacts::Kind::server) out.member("pool", member.pool);
  out.member("address", member.address)
      .member("state", member.state)
      .member("fit", member.is_fit)
      .member("weight", member.weight)
      .member("capacity", member.capacity)
      .member("open", member.open)
      .member("requests", member.taken)
      .member("failures", member.failed);
  if (member.kind == MemberFacts::Kind::worker) {
    out.member("here_for_seconds", member.here_for.count()).key("serves").array();
    for (const std::string& route : member.serves) out.text(route);
    out.end_array();
  } else {
    out.member("connections", member.connections).member("idle_connections", member.idle_connections);
  }
  out.end_object();
}

// {"NAME":[…]}; `write` writes what is between the brackets.
template <class Write>
std::string list_json(std::string_view name, Write write) {
  JsonText out;
  out.object().key(name).array();
  write(out);
  out.end_array().end_object();
  return out.take();
}

std::string members_json(const Census& census, MemberFacts::Kind kind, std::string_view name) {
  return list_json(name, [&](JsonText& out) {
    for (const MemberFacts& member : census.members)
      if (member.kind == kind) write_member(out, member);
  });
}

const RequestTally& tally_of(const Census& census, const TallyName& name) {
  static const RequestTally kNothing;
  const auto found = census.tallies.find(name);
  return found == census.tallies.end() ? kNothing : found->second;
}

std::uint64_t failures_of(const RequestTally& tally) {
  std::uint64_t all = 0;
  for (const std::uint64_t one : tally.failures) all += one;
  return all;
}

// Seconds: 0.0001 … 60. There is one count more, of what is above the last bound.
void write_histogram(JsonText& out, const Histogram& histogram) {
  out.object().key("bounds").array();
  for (const Histogram::Micros end : Histogram::kEnds) {
    std::array<char, 32> text{};
    const double seconds = static_cast<double>(end.count()) / 1e6;
    out.raw({text.data(), std::to_chars(text.data(), text.data() + text.size(), seconds).ptr});
  }
  out.end_array().key("counts").array();
  for (std::size_t range = 0; range <= Histogram::kEnds.size(); ++range) out.number(histogram.count(range));
  out.end_array().end_object();
}

std::set<std::string> sites_of(const ListenerSpec& listener) {
  std::set<std::string> names;
  if (listener.only_site != nullptr) names.insert(listener.only_site->name);
  listener.sites.each([&](const Site* site) { names.insert(site->name); });
  return names;
}

// The groups of workers that answer in it; "" = workers of no group.
std::vector<std::string> groups_of(const BackendSpec& spec) {
  std::vector<std::string> names;
  if (const auto* group = std::get_if<GroupSpec>(&spec)) names.push_back(group->group);
  if (const auto* mixed = std::get_if<MixedSpec>(&spec))
    for (const MixedSpec::Workers& workers : mixed->workers) names.push_back(workers.group.group);
  return names;
}

// Whom sessions of WAMP go to: backends that are dialled, each a pool of its own, and perhaps workers.
void write_realms(JsonText& out, const WampSpec& wamp) {
  out.member("announced_realms", wamp.has_workers).key("realms").array();
  for (const RealmSpec& realm : wamp.realms)
    out.object().member("realm", realm.realm).member("url", url_of(realm)).member("pool", realm.pool.name).end_object();
  out.end_array();
}

void write_uptime(JsonText& out, const Census& census) {
  out.member("uptime_seconds", std::chrono::duration_cast<std::chrono::seconds>(census.now - census.began).count());
}

}  // namespace

std::string health_json(const Census& census) {
  std::string why;
  const bool is_ready = census.is_ready(&why);
  JsonText out;
  out.object()
      .member("status", is_ready ? "ok" : "degraded")
      .member("ready", is_ready)
      .member("reason", why)
      .member("version", census.version)
      .member("authority", census.instance);
  write_uptime(out, census);
  std::uint64_t workers = 0, slots = 0, occupied = 0;
  for (const MemberFacts& member : census.members) {
    if (member.kind != MemberFacts::Kind::worker) continue;
    ++workers;
    slots += member.capacity;
    occupied += member.open;
  }
  out.member("workers", workers).member("occupied_slots", occupied);
  out.member("available_slots", slots > occupied ? slots - occupied : 0).end_object();
  return out.take();
}

std::string numbers_json(const Census& census) {
  RequestTally all;
  for (const auto& [name, tally] : census.tallies)
    if (is_traffic(name)) all.add(tally);
  std::uint64_t workers = 0, servers = 0;
  for (const MemberFacts& member : census.members) {
    workers += member.kind == MemberFacts::Kind::worker;
    servers += member.kind == MemberFacts::Kind::server;
  }
  JsonText out;
  out.object().key("at").raw(unix_seconds_text(census.now));
  write_uptime(out, census);
  out.member("draining", census.is_draining).member("ready", census.is_ready());
  write_tally(out, all);
  out.member("failures", failures_of(all))
      .member("connections_open", census.counters.connections_open)
      .member("workers", workers)
      .member("servers", servers)
      .key("duration");
  write_histogram(out, all.duration);
  out.key("wait");
  write_histogram(out, all.wait);
  out.end_object();
  return out.take();
}

std::string version_json(const Census& census) {
  JsonText out;
  out.object()
      .member("version", census.version)
      .member("instance", census.instance)
      .member("loops", census.loops)
      .member("draining", census.is_draining);
  write_uptime(out, census);
  out.key("reloads")
      .object()
      .member("done", census.reloads.done)
      .member("failed", census.reloads.failed)
      .key("last")
      .raw(unix_seconds_text(census.reloads.last))
      .member("error", census.reloads.error)
      .end_object()
      .end_object();
  return out.take();
}

std::string listeners_json(const Census& census) {
  return list_json("listeners", [&](JsonText& out) {
    for (const ListenerFacts& listener : census.listeners) {
      const ListenerSpec& spec = census.plan->listeners[listener.index];
      out.object()
          .member("url", listener.url)
          .member("tls", spec.is_tls)
          .member("proxy_header", spec.has_proxy_header)
          .member("management", spec.is_management)
          .member("connections", listener.accepted)
          .member("connections_open", listener.open)
          .key("sites")
          .array();
      for (const std::string& site : sites_of(spec)) out.text(site);
      out.end_array().end_object();
    }
  });
}

std::string sites_json(const Census& census) {
  return list_json("sites", [&](JsonText& out) {
    for (const Site& site : census.plan->sites) {
      RequestTally all;
      for (const auto& [name, tally] : census.tallies)
        if (name.site == site.name) all.add(tally);
      out.object().member("name", site.name);
      write_tally(out, all);
      out.end_object();
    }
  });
}

std::string routes_json(const Census& census) {
  return list_json("routes", [&](JsonText& out) {
    for (const Route& route : census.plan->routes) {
      const std::string site = route.site == nullptr ? "" : route.site->name;
      out.object()
          .member("site", site)
          .member("path", route.path)
          .member("answer", answer_of(route))
          .member("backend", route.backend_name)
          .member("methods", route.methods.text())
          .key("backend_index")
          .raw(route.own_answer == OwnAnswer::none ? std::to_string(route.backend) : "null")
          .member("web_sockets", route.takes_web_sockets)
          .key("traffic")
          .object();
      write_tally(out, tally_of(census, {site, route.path, route.backend_name}));
      out.end_object().end_object();
    }
  });
}

std::string backends_json(const Census& census) {
  return list_json("upstreams", [&](JsonText& out) {
    for (std::size_t at = 0; at < census.plan->backends.size(); ++at) {
      const BackendSpec& spec = census.plan->backends[at];
      const BackendSpec inner = inner_of(spec);
      out.object()
          .member("kind", kind_of(spec))
          .member("compressed", std::holds_alternative<CodedSpec>(spec))
          .member("ready", at < census.ready.size() && census.ready[at])
          .member("name", name_of(spec));
      if (const PoolSpec* pool = servers_of(inner)) {
        out.key("servers").array();
        for (const ServerSpec& server : pool->servers) out.text(server.name);
        out.end_array();
      }
      if (const auto* wamp = std::get_if<WampSpec>(&inner)) write_realms(out, *wamp);
      out.key("groups").array();
      for (const std::string& group : groups_of(inner)) out.text(group);
      out.end_array().end_object();
    }
  });
}

std::string servers_json(const Census& census) { return members_json(census, MemberFacts::Kind::server, "servers"); }

std::string workers_json(const Census& census) { return members_json(census, MemberFacts::Kind::worker, "workers"); }

std::string certificates_json(const Census& census) {
  return list_json("certificates", [&](JsonText& out) {
    for (const CertificateFacts& certificate : census.certificates) {
      const auto left = std::chrono::duration_cast<std::chrono::hours>(certificate.ends - census.now).count();
      out.object()
          .member("file", certificate.file)
          .key("not_after")
          .raw(unix_seconds_text(certificate.ends))
          .member("days_left", left / 24)
          .end_object();
    }
  });
}

std::string counters_json(const Census& census) {
  JsonText out;
  out.object();
  for (const auto& [name, value] : named_counters(census.counters)) out.member(name, value);
  out.end_object();
  return out.take();
}

}  // namespace zeroway
