// What the plan does with one request: finds its route, changes its head for the backend, and the reply's head for the
// client.
//
// Owner: an exchange.   Thread: one loop.
// With a file there is one path for everything: it is made canonical once, and that path is matched, judged and
// forwarded. Without a file the path is forwarded as it came.
// Not here: forwarding fields (exchange/header_rules.h), replies without a backend (exchange/own_answers.h).
#pragma once
#include <string>
#include <string_view>

#include "proto/error.h"
#include "proto/head.h"
#include "proto/kind.h"
#include "router/exchange/plan_in_use.h"
#include "router/exchange/request_ids.h"
#include "router/route/field_template.h"

namespace zeroway {

// Whether the client is a trusted proxy, whose word about the request is believed.
enum class Trust : bool { no, yes };

// Whose reply it is: a backend's, or the router's own.
enum class Reply : bool { backend, own };

// An access log, and the form of its lines; null = there is none.
struct LogPlace {
  RequestLog* log = nullptr;
  const LogFormat* format = nullptr;
};

class Routing {
 public:
  // Forgets the request before, and lets go of its plan.
  void clear();

  // Finds the site whose fields and pages the reply has, also where nobody answers.
  void find_site(const ClientInfo& client, const Head& head);
  // After find_site(): finds who answers. The error is the client's. First of all the client must have shown the
  // certificate that the site wants: it chose the site of its TLS handshake by another name than that of its request.
  [[nodiscard]] Result<> find(const ClientInfo& client, Head& head, Kind kind);
  // For a request that the site's workers have got, and that none of them holds: whether it is a session of WAMP by
  // now, because a worker announced a realm. Then the backend of these sessions has it. `head` as the backend got it.
  [[nodiscard]] bool find_realms(const Head& head);
  // Gives the request its id, if its site or a rule of its route can use one: a new one, or that of a trusted client.
  // The head gets the id where the site gives ids.
  void identify(Head& head, RequestIds& ids, Trust trust);
  // Changes the head of the request for the backend, after the forwarding fields were added.
  void change_request(const ClientInfo& client, Head& head);
  // Changes the head of a reply for the client. `request`: the request's head, as the backend got it.
  void change_reply(const ClientInfo& client, const Head& request, Head& reply, Reply whose);
  // What variables stand for in the request; good until the next call of any of these functions. In fields, which
  // change_request() and change_reply() write, secrets of the query are not shown.
  [[nodiscard]] FieldValues values_of(const ClientInfo& client, const Head& request);
  // A target or a URL of the request as logs and spans show it: without secrets of its query. `storage` holds what is
  // shown when that is not all of it.
  [[nodiscard]] std::string_view shown(std::string_view target, std::string& storage) const;
  // The site's own page for errors with this status; null = the router's.
  [[nodiscard]] const ErrorBody* error_body(int status) const;

  [[nodiscard]] const Route& route() const { return *answer_.route; }
  [[nodiscard]] const Site* site() const { return answer_.site; }
  [[nodiscard]] const Answer& answer() const { return answer_; }
  [[nodiscard]] Backend& backend() const { return *answer_.backend; }
  // What the route demands, or the site where it has no route; null = nothing. Nothing either for a
  // request that came to a wrong connection: 421 comes before every question of the site.
  [[nodiscard]] const AccessRules* access() const;
  // Who may use the circuit; null = it is none, or nobody is asked.
  [[nodiscard]] const CircuitGuard* guard() const;
  [[nodiscard]] bool has_route() const { return answer_.route != nullptr; }
  // After an error of a method: the value of Allow.
  [[nodiscard]] const std::string& allowed_methods() const { return answer_.allowed; }
  // The path that the client asked for; `request` as the backend got it.
  [[nodiscard]] std::string_view path_of(const Head& request) const {
    return client_path_.empty() ? request.path() : std::string_view(client_path_);
  }
  // The path that the route covers with all below it, as clients write it; for workers, the path that they claim.
  // Before change_request(); good as long as the route and `request`.
  [[nodiscard]] std::string_view covered_path(const Head& request) const;
  // The target as the client sent it, for the log; `request` as the backend got it.
  [[nodiscard]] std::string_view target_of(const Head& request) const {
    return raw_target_.empty() ? path_of(request) : std::string_view(raw_target_);
  }
  [[nodiscard]] const std::string& request_id() const { return request_id_; }
  // Where the request is counted; null = nowhere.
  [[nodiscard]] RequestTally* tally() const {
    return answer_.pin.is_empty() ? nullptr : answer_.pin->tallies.find(answer_.site, answer_.counted());
  }
  // Of the circuit that the request is on; null = it is on none.
  [[nodiscard]] CircuitUse* circuit_use() const {
    return answer_.circuit != nullptr ? answer_.circuit->use.get() : nullptr;
  }
  // Whether the request, before change_request(), is use of that circuit.
  [[nodiscard]] CircuitUse::Counts use_counts(const Head& head) const;
  // Where the request is told of.
  [[nodiscard]] LogPlace log_place() const;

 private:
  [[nodiscard]] Result<> check_handshake(const ClientInfo& client) const;
  [[nodiscard]] std::string_view method_of(const Head& head) const;
  [[nodiscard]] Result<> make_canonical(Head& head);
  [[nodiscard]] Security security_of(const ClientInfo& client, const Head& head) const;
  [[nodiscard]] Result<> judge(const ClientInfo& client, const Head& head, Kind kind) const;
  [[nodiscard]] FieldValues field_values_of(const ClientInfo& client, const Head& request);
  void change_path(Head& head);
  void move_paths(const Head& request, Head& reply) const;

  Answer answer_;
  bool has_encoded_slash_ = false;
  bool is_misdirected_ = false;                        // the client's TLS handshake does not fit the site
  std::string raw_target_;                             // "" = the path was canonical as it came
  std::string client_path_;                            // "" = the backend's path is the client's
  std::string request_id_;                             // "" = nothing wants one
  const std::vector<std::string>* secrets_ = nullptr;  // parameters of the query that are not shown; null = no head yet
  std::string copies_, scratch_, shown_query_;
};

}  // namespace zeroway
