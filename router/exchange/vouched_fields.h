// The fields that tell a worker who asked. Nobody says them but this router and, some of them, the proxies it trusts.
//
// Owner: nobody; free functions.   Thread: any.
// A look-alike has another mark where the field has '-': who makes variables of fields as CGI does (RFC 3875 §4.1.18)
// takes `x_forwarded_for` for `x-forwarded-for`. No proxy means one, so nobody's look-alike is kept.
// Not here: what they say (exchange/header_rules.h).
#pragma once
#include <string_view>

#include "proto/head.h"

namespace zeroway {

// What the TLS of this router found out about its client. No proxy may say it.
inline constexpr std::string_view kCertificateSubject = "x-client-cert-subject";

// `forwarded`, `x-forwarded-for`, -proto, -host, `x-client-cert-subject`, or a look-alike of one.
[[nodiscard]] bool is_vouched_for(std::string_view name);
[[nodiscard]] bool has_vouched_for(const Head& head);
void remove_vouched_for(Head& head);
// Leaves what a proxy may say.
void remove_look_alikes(Head& head);

}  // namespace zeroway
