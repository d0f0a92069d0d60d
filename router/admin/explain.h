// What would become of a request, step by step: which listener takes it, which site and route, what each rule says of
// it, and who would answer. The plan's own functions decide, so that the explanation is what happens.
//
// Owner: nobody; a pure function over a census.   Thread: any.
// A request is known by its method, its URL and its client's address only: rules that judge other fields are told, not
// decided. Not here: its form (admin/explain_json.h).
#pragma once
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/error.h"
#include "router/admin/census.h"
#include "router/plan/plan.h"

namespace zeroway {

struct ExplainQuestion {
  std::string method = "GET";
  std::string url;                   // http, https, ws or wss
  std::string client = "127.0.0.1";  // numeric
  bool has_certificate = false;      // the client shows one that the site's authorities have signed

  // The parts of the URL.
  bool is_tls = false;
  bool is_web_socket = false;
  std::string authority;  // with its port, as Host has it
  std::uint16_t port = 0;
  std::string target;  // path and query
};

// `query`: of the request to the management listener, as it came. Errors name the parameter, its value and what fits.
[[nodiscard]] Result<ExplainQuestion> read_explain_question(std::string_view query);

struct Explanation {
  enum class Answer : std::uint8_t { backend, files, redirect, health, management, error, setup, page };
  struct Step {
    std::string_view step;  // "listener", "site", "path", "route", "access", "terms", "backend"
    std::string what;       // that was looked at
    bool has_matched = true;
    std::string why;
  };
  struct Candidate {
    const MemberFacts* member;
    bool is_next = false;  // it could get this request; with more than one, the balance decides
    std::string why;
    bool serves_path = true;
  };

  std::vector<Step> steps;
  Answer answer = Answer::error;
  std::optional<Error> error;  // why no backend answers it
  int status = 0;              // of the reply, where the router itself gives it; 0 = not known
  const Site* site = nullptr;
  const Route* route = nullptr;
  std::string circuit;  // "/SESSION/SERVICE", with the route that circuits are made by; "" = none
  std::vector<Candidate> members;
  std::deque<MemberFacts> servers;  // of the circuit: `members` may point to them
};

// Pointers in it are good as long as the census.
[[nodiscard]] Explanation explain(const ExplainQuestion& question, const Census& census);

}  // namespace zeroway
