#include "router/backends/files/entity_tag.h"

#include <array>
#include <cstdio>

#include "router/route/text_hash.h"

namespace zeroway {

namespace {

std::uint64_t hash_of(const FileFacts& facts) {
  std::uint64_t hash = mixed(static_cast<std::uint64_t>(facts.modified) + 1);
  hash = mixed(hash + facts.size + 1);
  hash = mixed(hash + facts.inode + 1);
  return facts.has_date() ? hash : mixed(hash + static_cast<std::uint64_t>(facts.changed) + 1);
}

}  // namespace

std::string entity_tag(const FileFacts& facts, Coding coding) {
  std::array<char, 24> digits;
  std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(hash_of(facts)));
  std::string tag = '"' + std::string(digits.data());
  if (coding != Coding::identity) tag.append("-").append(coding_name(coding));
  return tag += '"';
}

}  // namespace zeroway
