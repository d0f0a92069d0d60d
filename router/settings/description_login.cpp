#include "router/settings/description_login.h"

#include <algorithm>
#include <utility>

#include "router/settings/words.h"

namespace zeroway {

namespace {

constexpr const char* kAlgorithms = "names of algorithms: HS, RS, PS or ES with 256, 384 or 512, or EdDSA";

bool is_algorithm(const std::string& name) {
  if (name == "EdDSA") return true;
  const std::string family = name.substr(0, 2);
  const bool is_family = family == "HS" || family == "RS" || family == "PS" || family == "ES";
  const std::string bits = name.size() < 2 ? "" : name.substr(2);
  return is_family && (bits == "256" || bits == "384" || bits == "512");
}

bool is_graphic_text(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
}

// A name of a cookie or a parameter.
bool is_token_name(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
}

Fit read_user_field(BasicAuthSettings& basic, const Value& value) {
  const auto text = take_text(value);
  const auto name = text.value ? take_field_name(*text.value) : std::nullopt;
  if (!name) return text.value ? Fit::no : text.fit;
  basic.user_field = *name;
  return Fit::yes;
}

// One text, or a list of them.
std::optional<std::vector<std::string>> texts_of(const Node& node) {
  if (node.kind == Node::Kind::text && !node.text.empty()) return std::vector{node.text};
  if (node.kind != Node::Kind::list || node.children.empty()) return std::nullopt;
  std::vector<std::string> texts;
  for (const Node& one : node.children) {
    if (one.kind != Node::Kind::text || one.text.empty()) return std::nullopt;
    texts.push_back(one.text);
  }
  return texts;
}

Fit read_words(std::vector<std::string>& target, const Value& value) {
  auto texts = texts_of(value.node);
  if (!texts) return Fit::no;
  target = std::move(*texts);
  return Fit::yes;
}

Fit read_required(JwtSettings& jwt, const Value& value) {
  if (value.node.kind != Node::Kind::table) return Fit::no;
  for (const Node& child : value.node.children) {
    auto texts = texts_of(child);
    if (!texts || child.key.empty()) return Fit::no;
    jwt.required.push_back({child.key, std::move(*texts)});
  }
  return Fit::yes;
}

Fit read_claims(JwtSettings& jwt, const Value& value) {
  if (value.node.kind != Node::Kind::table) return Fit::no;
  for (const Node& child : value.node.children) {
    const auto field = child.kind == Node::Kind::text ? take_field_name(child.text) : std::nullopt;
    if (!field || child.key.empty()) return Fit::no;
    jwt.claims.emplace_back(child.key, *field);
  }
  return Fit::yes;
}

Fit read_url(ForwardAuthSettings& forward, const Value& value) {
  auto text = take_text(value);
  if (!text.value) return text.fit;
  auto url = read_login_url(*text.value);
  if (!url) {
    value.reading.error(value.node.place, value.where + " = " + value.node.show() + ": " + url.error().detail +
                                              "; wants " + kLoginUrlForms);
    return Fit::said;
  }
  forward.url = std::move(*text.value);
  forward.target = std::move(url->target);
  forward.path = std::move(url->path);
  return Fit::yes;
}

void describe_token_place(Keys<JwtSettings>& keys) {
  using S = JwtSettings;
  keys.text("cookie", &S::cookie, is_token_name, "the name of a cookie", "session",
            "Cookie that may hold the token, when Authorization does not")
      .text("query", &S::query, is_token_name, "the name of a parameter", "access_token",
            "Parameter of the query that may hold the token; logs, spans and $query show *** for it, browsers' "
            "histories do "
            "not")
      .flag("strip_token", &S::strip_token, "The backend does not see the token")
      .flag("optional", &S::optional, "Requests without a token pass; those with a wrong one never do");
}

void describe_claims(Keys<JwtSettings>& keys) {
  using S = JwtSettings;
  keys.other("issuer", "TEXT", "a text, or a list of texts", "", "\"https://login.example.com\"",
             "Whose tokens are taken (iss); by default anybody's whose signature is right",
             [](S& jwt, const Value& value) { return read_words(jwt.issuers, value); })
      .other("audience", "TEXT", "a text, or a list of texts", "", "[\"api\"]",
             "For whom a token must be (aud); by default for anybody",
             [](S& jwt, const Value& value) { return read_words(jwt.audiences, value); })
      .time("leeway", &S::leeway, Millis(1'000), Zero::is_off, "By how much clocks may differ, for exp and nbf")
      .flag("require_exp", &S::require_exp, "Refuse tokens that never expire")
      .other("required", "{ CLAIM = TEXT, … }", "a table of claims, each with a text or a list of texts", "",
             "{ scope = \"read\", role = [\"admin\", \"editor\"] }",
             "Claims that a token must have with one of the texts, else 403; a name with dots leads into tables",
             read_required)
      .other("claims", "{ CLAIM = FIELD, … }", "a table of claims and names of fields", "",
             "{ sub = \"X-User\", groups = \"X-Groups\" }",
             "Claims that the backend finds in fields; what the client sent there is removed, always", read_claims);
}

}  // namespace

void describe_basic_auth(Keys<BasicAuthSettings>& keys) {
  using S = BasicAuthSettings;
  keys.located()
      .path("file", &S::file, "users.htpasswd",
            "Users with hashes of their passwords, as of htpasswd -B: bcrypt, SHA-crypt or yescrypt")
      .required()
      .text("realm", &S::realm, is_graphic_text, "printable text", "", "What the browser shows when it asks")
      .other("user_field", "FIELD", "the name of a field", "", "\"X-Forwarded-User\"",
             "Field in which the backend finds the user's name; what the client sent there is removed, always",
             read_user_field)
      .flag("strip_authorization", &S::strip_authorization, "The backend does not see the password");
}

void describe_jwt(Keys<JwtSettings>& keys) {
  using S = JwtSettings;
  keys.located()
      .path("key_file", &S::key_file, "login.pem", "PEM: the public key of who signs, or its certificate")
      .path("secret_file", &S::secret_file, "login.secret", "A secret that signs and checks (HS256), at least 32 bytes")
      .path("jwks_file", &S::jwks_file, "login.jwks", "A set of keys in JSON (JWKS)")
      .list("algorithms", &S::algorithms, is_algorithm, kAlgorithms, "[\"RS256\"]",
            "How tokens may be signed; by default as their key says, and HS256, RS256, ES256, ES384, ES512 or EdDSA")
      .text("realm", &S::realm, is_graphic_text, "printable text", "api", "Named in refusals");
  describe_token_place(keys);
  describe_claims(keys);
}

void describe_forward_auth(Keys<ForwardAuthSettings>& keys) {
  using S = ForwardAuthSettings;
  keys.located()
      .other("url", "URL", kLoginUrlForms, "", "\"http://127.0.0.1:9091/verify\"",
             "What is asked, by GET, with the request's fields and X-Forwarded-Method, -Uri, -Host, -Proto and -For",
             read_url)
      .required()
      .time("timeout", &S::timeout, Millis(1), Zero::refused, "Longest time for the answer; else 504")
      .field_names("copy_headers", &S::copy_headers, "[\"Remote-User\", \"Remote-Groups\"]",
                   "Fields of a good answer that the backend gets; what the client sent there is removed, always")
      .field_names("copy_reply_headers", &S::copy_reply_headers, "[\"Set-Cookie\"]",
                   "Fields of a good answer that the client gets with the reply")
      .path("ca_file", &S::ca_file, "login-ca.crt", "PEM: authorities for https; by default the system's");
}

Fit read_forward_auth(LoginSettings& login, const Value& value) {
  ForwardAuthSettings forward;
  forward.located.place = value.node.place;
  forward.located.where = value.where;
  const Fit fit = read_url(forward, value);
  if (fit == Fit::yes) login.forward = std::move(forward);
  return fit;
}

}  // namespace zeroway
