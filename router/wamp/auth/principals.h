// Principals by their authid, and for an unknown authid somebody who looks like one of them: the same one each time, in
// all processes with these principals. Nobody learns from a challenge who exists.
//
// Owner: a method.   Thread: any; never changed.
// Not here: what a stand-in's proof is worth: nothing (found().is_known).
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "router/wamp/auth/auth_crypto.h"

namespace zeroway {

template <class Spec>
class Principals {
 public:
  struct Found {
    const Spec& spec;
    bool is_known;
  };

  // Some; `secret_of` says of each what nobody outside knows.
  template <class SecretOf>
  Principals(const std::vector<Spec>& specs, SecretOf secret_of) : specs_(specs) {
    for (std::size_t i = 0; i < specs_.size(); ++i) {
      by_authid_.emplace(specs_[i].who.authid, i);
      key_ = hmac_sha256(secret_of(specs_[i]), key_ + specs_[i].who.authid);
    }
  }

  [[nodiscard]] Found find(const std::string& authid) const {
    const std::size_t stand_in = static_cast<unsigned char>(hidden(authid, 1)[0]) % specs_.size();
    const auto found = by_authid_.find(authid);
    const bool is_known = found != by_authid_.end();
    return {specs_[is_known ? found->second : stand_in], is_known};
  }
  [[nodiscard]] const std::vector<Spec>& all() const { return specs_; }

  // So many bytes that belong to an authid, and that nobody can foresee.
  [[nodiscard]] std::string hidden(std::string_view authid, std::size_t count) const {
    std::string bytes;
    for (std::string block(authid); bytes.size() < count; bytes += block) block = hmac_sha256(key_, block);
    bytes.resize(count);
    return bytes;
  }

 private:
  std::vector<Spec> specs_;
  std::unordered_map<std::string, std::size_t> by_authid_;
  std::string key_;
};

// The salt of somebody unknown, with so many characters as those of the known.
[[nodiscard]] std::string salt_text(const std::string& bytes, std::size_t count);

}  // namespace zeroway
