// The fields that clients and backends may not write as they like: fields that identify the client, and fields that
// frame a message or control its connection.
//
// Owner: nobody; free functions.   Thread: any.
// A look-alike of a field has the field's letters and digits in their order, and other marks between them:
// `x_forwarded_for`, `Transfer---Encoding`. A backend that makes variables of fields as CGI does (RFC 3875 §4.1.18), or
// that strips marks, takes the look-alike for the field. No honest sender writes one, so look-alikes are removed.
// Not here: what the fields say (exchange/header_rules.h), what a codec does with the real fields (router/http).
#pragma once
#include <cstdint>
#include <string_view>

#include "proto/head.h"

namespace zeroway {

// The client's identity as the TLS of this router verified it. No proxy may set this field.
inline constexpr std::string_view kCertificateSubject = "x-client-cert-subject";

enum class FieldOwner : std::uint8_t {
  sender,  // none of the fields below
  codec,   // exactly a framing field: `content-length`, `transfer-encoding`, `host`, `te` …
  proxy,   // exactly `forwarded`, `x-real-ip`, a known `x-forwarded-…`, or a known field of a client's certificate:
           // this router and the proxies it trusts
  router,  // exactly kCertificateSubject
  look_alike,  // of any field above: no sender may use it
};

// `name` in lower case.
[[nodiscard]] FieldOwner owner_of(std::string_view name);

// Whether `name` is `field`, or a look-alike of it. Both in lower case.
[[nodiscard]] bool reads_like(std::string_view name, std::string_view field);

// The first says whether `head` has a field of an owner that `is_wanted` (a function of FieldOwner) accepts. The second
// removes all such fields.
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
