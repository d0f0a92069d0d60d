// Keeps an answer of OCSP for each of our certificates that has a responder, and hands the answers to TLS.
//
// Owner: the router keeps one for each listener with TLS, on its first loop.   Thread: that loop.
// An answer is asked for off the way of every handshake, checked before it is used, and asked for again at half of its
// time. While a responder fails, the last good answer stays until its end, and never longer. An answer that is kept
// from before is in use at once, and its responder is asked when it is due. Not here: one question
// (stapling/ocsp_fetch.h), giving answers to clients (net/tls_context.cpp).
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "router/backends/origin_dialer.h"
#include "router/net/loop.h"
#include "router/net/tls_ocsp.h"
#include "router/stapling/staple_store.h"

namespace zeroway {

class Stapler {
 public:
  using Tell = std::function<void(std::shared_ptr<const TlsStaples>)>;

  // `tell` gets all staples each time that one is new, inside a turn of `loop` or inside use(). `seed`: any number;
  // another one in each process. `dialer`, `clock` and `store` outlive the stapler.
  Stapler(Loop& loop, OriginDialer& dialer, const WallClock& clock, StapleStore& store, std::uint64_t seed, Tell tell);
  ~Stapler();

  // Asks about these certificates from now on, and about no others. What is known of them stays.
  void use(const std::vector<OcspQuestion>& questions);

 private:
  class Certificate;

  void tell_all();
  [[nodiscard]] std::uint64_t random();

  Loop& loop_;
  OriginDialer& dialer_;
  const WallClock& clock_;
  StapleStore& store_;
  std::uint64_t random_;
  Tell tell_;
  std::map<std::string, std::unique_ptr<Certificate>> certificates_;  // by OcspQuestion::certificate
};

}  // namespace zeroway
