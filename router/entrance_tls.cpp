#include "router/entrance_tls.h"

#include <random>
#include <utility>

namespace zeroway {

EntranceTls::EntranceTls(Lane& first, const TlsSettings& settings, std::vector<std::string> protocols,
                         StapleStore& staples, std::function<void(const TlsTerms&)> tell)
    : stapler_(first.loop(), first.dialer(), first.clock(), staples, std::random_device()(),
               [this](std::shared_ptr<const TlsStaples> told) { keeper_.use(std::move(told)); }),
      keeper_(
          first.loop(), settings, std::move(protocols),
          [this, tell = std::move(tell)](const TlsTerms& terms) {
            stapler_.use(terms.context->questions());
            tell(terms);
          },
          first.clock()) {}

Result<> EntranceTls::open() {
  auto opened = keeper_.open();
  if (opened) stapler_.use(terms().context->questions());
  return opened;
}

}  // namespace zeroway
