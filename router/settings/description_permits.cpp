#include "router/settings/description_permits.h"

#include "router/settings/addresses.h"

namespace zeroway {

void describe_permits(Keys<SessionSettings>& keys) {
  using S = SessionSettings;
  keys.located()
      .flag(
          "open_to_public", [](S & s) -> auto& { return s.permits.open_to_public; },
          "Everybody may use a service that does not say itself who may; else only clients with a token or a permit. "
          "No service of a worker says it")
      .list(
          "allowed_client_ips", [](S & s) -> auto& { return s.permits.allowed_client_ips; }, is_network,
          "a network, as 10.0.0.0/8", "[\"10.0.0.0/8\", \"2001:db8::/32\"]",
          "Networks whose clients may use the services that have no such list; all others get 403. By default all may")
      .path(
          "jwt_secret_file", [](S & s) -> auto& { return s.permits.jwt_secret_file; }, "sessions.secret",
          "The secret that signs tokens (HS256), at least 32 bytes. With it, /setup?token=TOKEN gives a browser its "
          "permit, and requests may bring the token in Authorization")
      .path(
          "permit_key_file", [](S & s) -> auto& { return s.permits.permit_key_file; }, "permits.key",
          "Secret for the cookies of permits, at least 32 bytes: routers that share it know each other's. By default "
          "as for requests.sticky_key_file")
      .time(
          "permit_lifetime", [](S & s) -> auto& { return s.permits.permit_lifetime; }, Millis(1'000), Zero::refused,
          "How long a permit lives; it ends with its token, where that ends sooner")
      .choice(
          "same_site", [](S & s) -> auto& { return s.permits.same_site; },
          std::vector<std::pair<std::string, SameSite>>{
              {"lax", SameSite::lax}, {"strict", SameSite::strict}, {"none", SameSite::none}},
          "SameSite of the permit's cookie; browsers take none over TLS only")
      .flag(
          "forward_token", [](S & s) -> auto& { return s.permits.forward_token; },
          "A service gets the token by which a request passed, and could use it elsewhere");
}

void check_permits(const SessionSettings& sessions, Reading& reading) {
  const PermitSettings& said = sessions.permits;
  if (!sessions.enabled || said.open_to_public || !said.jwt_secret_file.empty()) return;
  reading.error(sessions.located.place_of("open_to_public"),
                sessions.located.name_of("open_to_public") +
                    " = false: wants jwt_secret_file, too: without it nobody can show that he may use a service");
}

}  // namespace zeroway
