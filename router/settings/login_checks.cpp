#include "router/settings/login_checks.h"

#include <array>
#include <utility>

namespace zeroway {

namespace {

// The tables that are there.
std::vector<const Located*> places_of(const LoginSettings& login) {
  std::vector<const Located*> places;
  if (login.basic) places.push_back(&login.basic->located);
  if (login.jwt) places.push_back(&login.jwt->located);
  if (login.forward) places.push_back(&login.forward->located);
  return places;
}

void check_keys(const JwtSettings& jwt, Reading& reading) {
  int count = 0;
  for (const std::string* file : {&jwt.key_file, &jwt.secret_file, &jwt.jwks_file}) count += file->empty() ? 0 : 1;
  if (count != 1)
    reading.error(jwt.located.place, jwt.located.where + ": wants one of key_file, secret_file and jwks_file, " +
                                         (count == 0 ? "has none" : "has several"));
}

void check_login(const LoginSettings& login, Reading& reading) {
  const auto places = places_of(login);
  if (places.size() > 1)
    reading.error(places[1]->place, places[1]->where + ": " + places[0]->where +
                                        " is there, too; requests have one login, so only one of them may be there");
  if (login.jwt) check_keys(*login.jwt, reading);
}

void look_at(const LoginSettings& login, const LookAtFile& look) {
  const auto look_if_named = [&](const Located& located, const char* key, const std::string& file) {
    if (!file.empty()) look(located, key, file);
  };
  if (login.basic) look_if_named(login.basic->located, "file", login.basic->file);
  if (login.forward) look_if_named(login.forward->located, "ca_file", login.forward->ca_file);
  if (!login.jwt) return;
  look_if_named(login.jwt->located, "key_file", login.jwt->key_file);
  look_if_named(login.jwt->located, "secret_file", login.jwt->secret_file);
  look_if_named(login.jwt->located, "jwks_file", login.jwt->jwks_file);
}

}  // namespace

void check_logins(const SiteSettings& site, Reading& reading) {
  check_login(site.login, reading);
  for (const RouteSettings& route : site.proxy.routes) {
    check_login(route.login, reading);
    if (route.login.use == LoginSettings::Use::off && route.login.is_there())
      reading.error(route.located.place_of("login"),
                    route.located.name_of("login") + " = \"off\": the route has a login of its own");
  }
}

void look_at_login_files(const SiteSettings& site, const LookAtFile& look) {
  look_at(site.login, look);
  for (const RouteSettings& route : site.proxy.routes) look_at(route.login, look);
}

}  // namespace zeroway
