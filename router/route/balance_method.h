// How a pool chooses among its members, and how a file writes that.
//
// Owner: values.   Thread: any.
// Not here: the choice (route/chooser.h).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "proto/error.h"

namespace zeroway {

enum class BalanceMethod : std::uint8_t {
  round_robin,        // in turn; a weight counts only when it is 0
  weighted,           // in turn by weight, exact and spread out: 3 and 1 are a a b a
  least_connections,  // the fewest open requests for the weight; ties in turn
  random_two,         // of two drawn at random, the one with fewer open for its weight
  ip_hash,            // the same client address goes to the same member
  hash,               // the same value of a field goes to the same member
  first,              // the first one that can take it
};

struct BalanceRule {
  BalanceMethod method = BalanceMethod::round_robin;
  std::string field;  // of hash: the request's field, in lower case

  bool operator==(const BalanceRule&) const = default;
};

// "least_connections", also "least_conn"; "hash:X-User" names a field. The error's detail names the word and what fits.
[[nodiscard]] Result<BalanceRule> read_balance(std::string_view text);
[[nodiscard]] std::string balance_text(const BalanceRule& balance);

}  // namespace zeroway
