#include "router/route/balance_method.h"

#include <algorithm>
#include <array>

#include "proto/ascii.h"

namespace zeroway {

namespace {

struct Word {
  BalanceMethod method;
  std::string_view text;
};

constexpr std::array kWords{
    Word{BalanceMethod::round_robin, "round_robin"},
    Word{BalanceMethod::weighted, "weighted"},
    Word{BalanceMethod::least_connections, "least_connections"},
    Word{BalanceMethod::random_two, "random_two"},
    Word{BalanceMethod::ip_hash, "ip_hash"},
    Word{BalanceMethod::first, "first"},
    Word{BalanceMethod::least_connections, "least_conn"},  // nginx's word, after ours: balance_text() finds ours first
};
constexpr std::string_view kHash = "hash:";

Error unknown(std::string_view text) {
  return Error{Fault::router, Code::internal, false,
               "unknown balance method \"" + std::string(text) +
                   "\": round_robin, weighted, least_connections, random_two, ip_hash, hash:FIELD or first"};
}

}  // namespace

Result<BalanceRule> read_balance(std::string_view text) {
  if (text.starts_with(kHash) && text.size() > kHash.size()) {
    BalanceRule balance{BalanceMethod::hash, std::string(text.substr(kHash.size()))};
    std::transform(balance.field.begin(), balance.field.end(), balance.field.begin(), to_lower);
    return balance;
  }
  for (const Word& word : kWords) {
    if (word.text == text) return BalanceRule{word.method, ""};
  }
  return unknown(text);
}

std::string balance_text(const BalanceRule& balance) {
  for (const Word& word : kWords) {
    if (word.method == balance.method) return std::string(word.text);
  }
  return std::string(kHash) + balance.field;
}

}  // namespace zeroway
