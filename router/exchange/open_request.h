// A request that is not over, for the operator.
//
// Owner: whoever asked Exchanges::oldest(); a value.   Thread: any.
// Not here: requests that are over (observe/request_book.h).
#pragma once
#include <chrono>
#include <string>

#include "router/exchange/backend.h"

namespace zeroway {

struct OpenRequest {
  ExchangeKey key = 0;
  std::string site, route, pool;  // names as the file has them; "" = none
  std::string worker;             // the worker or the server that has it; "" = nobody yet
  std::string method, host, path, address, protocol;
  bool is_web_socket = false;
  std::chrono::microseconds age{};
};

}  // namespace zeroway
