// The fields that the router adds to a head and removes from it: who asked, how, when, and which worker answered.
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
#include "router/exchange/trusted_networks.h"
#include "router/observe/wall_clock.h"

namespace zeroway {

// `date` as RFC 9110 §5.6.7 has it, written anew once a second.
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
  // Words of the settings that are no network are left out: the reader of the command line has refused them.
  explicit HeaderRules(const ExchangeSettings& settings);

  // X-Forwarded-For, -Proto, -Host and Forwarded (RFC 7239): what the client sent is believed and added to when its
  // address is trusted, else replaced. `:scheme` becomes that of the connection. `x-client-cert-subject` is this
  // router's alone. Look-alikes of these and of framing fields (exchange/router_owned_fields.h) are removed, here and
  // in what follows.
  void request(Head& head, const ClientInfo& client);
  // Removes all fields of exchange/router_owned_fields.h: a worker may merge trailers into the head's fields.
  static void request_trailers(Head& trailers);
  // `date` when the worker sent none; `x-worker`, whatever the worker sent, unless the operator has it off. A length of
  // 204 is taken out (RFC 9110 §8.6).
  void reply(Head& head, std::string_view worker, std::string_view date) const;
  // An interim reply has no length (RFC 9110 §8.6).
  static void interim_reply(Head& head);
  // Removes framing fields (RFC 9110 §6.5.1): HTTP/2 clients give up a whole reply for a content-length here.
  static void reply_trailers(Head& trailers);

  // Whether the forwarding fields that `address` sends are believed.
  [[nodiscard]] bool trusts(std::string_view address) const { return trusted_.contain(address); }
  // The client's address: see exchange/client_address.h.
  [[nodiscard]] std::string_view client_of(const Head& request, const ClientInfo& client) const;

 private:
  void add_forwarding(Head& head, const ClientInfo& client, std::string_view scheme);

  TrustedNetworks trusted_;
  bool worker_header_;
  std::string host_, value_;  // members so that their memory is reused
};

// The `content-length` of a head, or nothing when it has none. Fails when there are two, or it is no number.
[[nodiscard]] Result<std::optional<std::uint64_t>> read_content_length(const Head& head);

}  // namespace zeroway
