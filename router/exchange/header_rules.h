// The fields that the router adds to a head and removes from it: the client, how it connected, the time, and who
// answered.
//
// Owner: Exchanges.   Thread: one loop.
// Not here: connection-specific fields (router/http takes them out); which heads are legal (proto/head_rules.h).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/error.h"
#include "proto/head.h"
#include "router/exchange/exchanges.h"
#include "router/observe/wall_clock.h"
#include "router/plan/route.h"
#include "router/route/trusted_networks.h"

namespace zeroway {

// The value of `date` (RFC 9110 §5.6.7), written again once a second.
class DateField {
 public:
  // Good until the next call.
  [[nodiscard]] std::string_view text(WallTime now);

 private:
  std::string text_;
  std::int64_t second_ = -1;
};

class HeaderRules {
 public:
  // Ignores words of the settings that are no network: the reader of the command line has refused such words.
  explicit HeaderRules(const ExchangeSettings& settings);

  // X-Forwarded-For, -Proto, -Host and Forwarded (RFC 7239): the client's own values are believed and extended when the
  // client's address is trusted, else replaced. `:scheme` becomes the scheme of the connection. Only this router may
  // set `x-client-cert-subject`. Look-alikes of these fields and of framing fields (exchange/router_owned_fields.h) are
  // removed, here and in the functions below. So are the fields in which the plan's sites tell of client certificates,
  // before the site's own are added.
  // `fields`: which of them the backend gets. `site`: the request's; it may trust other addresses than the settings.
  void request(Head& head, const ClientInfo& client, const ForwardingFields& fields = {}, const Site* site = nullptr);
  // Removes all fields of exchange/router_owned_fields.h: a backend may merge trailers into the head's fields.
  static void request_trailers(Head& trailers, const Site* site = nullptr);
  // Adds `date` when the backend sent none. Sets `x-worker`, whatever the backend sent, unless the operator has
  // switched it off or `worker` is empty. Removes the content-length of a 204 (RFC 9110 §8.6).
  void reply(Head& head, std::string_view worker, std::string_view date) const;
  // Removes the content-length, which no interim reply may have (RFC 9110 §8.6).
  static void interim_reply(Head& head);
  // Removes framing fields (RFC 9110 §6.5.1): HTTP/2 clients refuse a whole reply for a content-length in its trailers.
  static void reply_trailers(Head& trailers);

  // Whether the forwarding fields that `address` sends are believed.
  [[nodiscard]] bool trusts(std::string_view address, const Site* site = nullptr) const {
    return trusted_at(site).contain(address);
  }
  // The client's address: see exchange/client_address.h.
  [[nodiscard]] std::string_view client_of(const Head& request, const ClientInfo& client,
                                           const Site* site = nullptr) const;

 private:
  [[nodiscard]] const TrustedNetworks& trusted_at(const Site* site) const;
  void tell_certificate(Head& head, const ClientInfo& client, const Site& site);
  void add_forwarding(Head& head, const ClientInfo& client, std::string_view scheme, const ForwardingFields& fields);
  void extend_forwarding(Head& head, const ClientInfo& client, std::string_view scheme, const ForwardingFields& fields);

  TrustedNetworks trusted_;
  bool worker_header_;
  std::string host_, value_;  // members so that their memory is reused
};

// The `content-length` of a head, or nothing when the head has none. Fails when there are two, or the value is no
// number.
[[nodiscard]] Result<std::optional<std::uint64_t>> read_content_length(const Head& head);

}  // namespace zeroway
