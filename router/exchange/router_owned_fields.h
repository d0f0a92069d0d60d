// The fields that clients and workers may not write as they like: those that say who asked, and those that frame a
// message or steer its connection.
//
// Owner: nobody; free functions.   Thread: any.
// A look-alike of a field has the field's letters and digits in their order, and other marks between them:
// `x_forwarded_for`, `Transfer---Encoding`. A worker that makes variables of fields as CGI does (RFC 3875 §4.1.18), or
// that strips marks, takes the look-alike for the field. No honest sender writes one, so look-alikes are removed.
// Not here: what the fields say (exchange/header_rules.h), what a codec does with the real ones (router/http).
#pragma once
#include <cstdint>
#include <string_view>

#include "proto/head.h"

namespace zeroway {

// What the TLS of this router found out about its client. No proxy may say it.
inline constexpr std::string_view kCertificateSubject = "x-client-cert-subject";

enum class FieldOwner : std::uint8_t {
  sender,      // no field of these
  codec,       // exactly a framing field: `content-length`, `transfer-encoding`, `host`, `te` …
  proxy,       // exactly `forwarded` or `x-forwarded-for`, -proto, -host: this router and the proxies it trusts
  router,      // exactly kCertificateSubject
  look_alike,  // of any of them: nobody's
};

// `name` in lower case.
[[nodiscard]] FieldOwner owner_of(std::string_view name);

// Each says whether there was one, or removes all of them, for the owners that `is_wanted` (a function of FieldOwner)
// names.
template <class Wanted>
[[nodiscard]] bool has_field_of(const Head& head, Wanted is_wanted) {
  for (const Field field : head) {
    if (is_wanted(owner_of(field.name))) return true;
  }
  return false;
}

template <class Wanted>
void remove_fields_of(Head& head, Wanted is_wanted) {
  for (std::size_t at = 0; at < head.size();) {
    if (const std::string_view name = head[at].name; is_wanted(owner_of(name))) {
      head.remove(name);  // all of them
    } else {
      ++at;
    }
  }
}

}  // namespace zeroway
