#include "cors.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "path_prefix.h"
#include "proto/head_rules.h"

namespace zeroway {

namespace {

[[noreturn]] void refuse(const std::string& what) { throw std::invalid_argument("cors: " + what); }

void check_origin(const std::string& origin) {
  if (origin == "*" || origin == "null") return;
  const std::size_t scheme = origin.find("://");
  const bool has_host = scheme != std::string::npos && scheme > 0 && origin.size() > scheme + 3;
  const bool is_lower = std::none_of(origin.begin(), origin.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!has_host || !is_lower || !is_field_value(origin) ||
      origin.find_first_of("/?#@*, ", scheme + 3) != std::string::npos)
    refuse("origin \"" + origin +
           "\" is not like \"https://app.example.com:8443\": lower case, no path, no '/' at the end");
}

std::string join_tokens(const std::vector<std::string>& tokens, const std::string& what) {
  std::string list;
  for (const std::string& token : tokens) {
    if (!is_token(token)) refuse(what + " \"" + token + "\" is no token (RFC 9110 §5.6.2)");
    list += (list.empty() ? "" : ", ") + token;
  }
  return list;
}

bool has_star(const std::vector<std::string>& list) { return std::find(list.begin(), list.end(), "*") != list.end(); }

}  // namespace

Cors::Cors(CorsOptions options) : options_(std::move(options)) {
  if (options_.origins.empty() && !options_.allows)
    refuse("no origin is allowed: name some in `origins`, or give `allows`");
  for (const std::string& origin : options_.origins) check_origin(origin);
  allows_all_ = has_star(options_.origins);
  if (allows_all_ && options_.credentials) refuse("origin \"*\" with credentials would let every page act as its user");
  if (options_.credentials && (has_star(options_.headers) || has_star(options_.methods) || has_star(options_.exposed)))
    refuse("'*' means nothing with credentials: name the fields and methods");
  if (options_.max_age < std::chrono::seconds(0)) refuse("max_age is negative");
  options_.prefix = checked_prefix(options_.prefix);
  methods_ = join_tokens(options_.methods, "method");
  headers_ = join_tokens(options_.headers, "header");
  exposed_ = join_tokens(options_.exposed, "exposed header");
  max_age_ = std::to_string(options_.max_age.count());
}

bool Cors::covers(std::string_view path) const { return is_below(path, options_.prefix); }

bool Cors::is_preflight(const Head& request) {
  return request.method() == "OPTIONS" && request.has("origin") && request.has("access-control-request-method");
}

bool Cors::allows_origin(std::string_view origin) const {
  return allows_all_ || std::find(options_.origins.begin(), options_.origins.end(), origin) != options_.origins.end() ||
         (options_.allows && options_.allows(origin));
}

bool Cors::allows(const Head& request) const {
  const auto origin = request.find("origin");
  return origin && allows_origin(*origin);
}

// `vary` also when there is no origin, or one that is not allowed: a cache must not give this reply to others.
void Cors::add_to_reply(const Head& request, Head& fields) const {
  if (!allows_all_) fields.add("vary", "origin");
  const auto origin = request.find("origin");
  if (!origin || !allows_origin(*origin)) return;
  fields.add("access-control-allow-origin", allows_all_ ? "*" : *origin);
  if (options_.credentials) fields.add("access-control-allow-credentials", "true");
  if (!exposed_.empty()) fields.add("access-control-expose-headers", exposed_);
}

void Cors::add_to_preflight(Head& fields) const {
  fields.add("access-control-allow-methods", methods_);
  if (!headers_.empty()) fields.add("access-control-allow-headers", headers_);
  fields.add("access-control-max-age", max_age_);
}

}  // namespace zeroway
