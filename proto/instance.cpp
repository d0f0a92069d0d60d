#include "proto/instance.h"

#include <random>

namespace zeroway {

std::string make_instance(std::string_view name) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr int kRandomDigits = 16;
  std::random_device random;
  std::string instance(name);
  instance += '#';
  for (int digit = 0; digit < kRandomDigits; ++digit) instance += kDigits[random() % kDigits.size()];
  return instance;
}

}  // namespace zeroway
