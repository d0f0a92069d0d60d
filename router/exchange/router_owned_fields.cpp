#include "router/exchange/router_owned_fields.h"

#include <array>

namespace zeroway {

namespace {

struct OwnedField {
  std::string_view name;
  FieldOwner owner;
};

constexpr std::array kOwned{
    OwnedField{"forwarded", FieldOwner::proxy},
    OwnedField{"x-forwarded-for", FieldOwner::proxy},
    OwnedField{"x-forwarded-proto", FieldOwner::proxy},
    OwnedField{"x-forwarded-host", FieldOwner::proxy},
    OwnedField{"x-forwarded-port", FieldOwner::proxy},
    OwnedField{"x-forwarded-prefix", FieldOwner::proxy},
    OwnedField{"x-forwarded-server", FieldOwner::proxy},
    OwnedField{"x-real-ip", FieldOwner::proxy},
    OwnedField{"client-cert", FieldOwner::proxy},  // RFC 9440
    OwnedField{"client-cert-chain", FieldOwner::proxy},
    OwnedField{"ssl-client-cert", FieldOwner::proxy},  // the others by their proxies' custom
    OwnedField{"x-client-cert", FieldOwner::proxy},
    OwnedField{"x-forwarded-client-cert", FieldOwner::proxy},
    OwnedField{"x-forwarded-tls-client-cert", FieldOwner::proxy},
    OwnedField{"x-forwarded-tls-client-cert-info", FieldOwner::proxy},
    OwnedField{"x-ssl-client-cert", FieldOwner::proxy},
    OwnedField{kCertificateSubject, FieldOwner::router},
    OwnedField{"connection", FieldOwner::codec},
    OwnedField{"content-length", FieldOwner::codec},
    OwnedField{"expect", FieldOwner::codec},
    OwnedField{"host", FieldOwner::codec},
    OwnedField{"http2-settings", FieldOwner::codec},
    OwnedField{"keep-alive", FieldOwner::codec},
    OwnedField{"proxy-connection", FieldOwner::codec},
    OwnedField{"te", FieldOwner::codec},
    OwnedField{"trailer", FieldOwner::codec},
    OwnedField{"transfer-encoding", FieldOwner::codec},
    OwnedField{"upgrade", FieldOwner::codec},
};

constexpr bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_mark(char c) { return !is_letter(c) && !(c >= '0' && c <= '9'); }

// For each first letter: one bit for each last letter of the owned fields with that first letter. Two look-ups let
// nearly every field of a request pass. These look-ups are most of the cost of this file.
constexpr std::array<std::uint32_t, 26> kLastLetters = [] {
  std::array<std::uint32_t, 26> letters{};
  for (const OwnedField& field : kOwned) {
    letters[static_cast<std::size_t>(field.name.front() - 'a')] |= 1U << (field.name.back() - 'a');
  }
  return letters;
}();

std::string_view without_outer_marks(std::string_view name) {
  while (!name.empty() && is_mark(name.front())) name.remove_prefix(1);
  while (!name.empty() && is_mark(name.back())) name.remove_suffix(1);
  return name;
}

bool may_be_owned(std::string_view bare) {
  if (bare.empty() || !is_letter(bare.front()) || !is_letter(bare.back())) return false;
  return (kLastLetters[static_cast<std::size_t>(bare.front() - 'a')] >> (bare.back() - 'a') & 1U) != 0;
}

}  // namespace

bool reads_like(std::string_view name, std::string_view field) {
  const auto skip_marks = [](std::string_view text, std::size_t at) {
    while (at < text.size() && is_mark(text[at])) ++at;
    return at;
  };
  std::size_t at = skip_marks(name, 0);
  std::size_t wanted = skip_marks(field, 0);
  while (at < name.size() && wanted < field.size() && name[at] == field[wanted]) {
    at = skip_marks(name, at + 1);
    wanted = skip_marks(field, wanted + 1);
  }
  return at == name.size() && wanted == field.size();
}

FieldOwner owner_of(std::string_view name) {
  if (!may_be_owned(without_outer_marks(name))) return FieldOwner::sender;
  for (const OwnedField& field : kOwned) {
    if (name == field.name) return field.owner;
    if (reads_like(name, field.name)) return FieldOwner::look_alike;
  }
  return FieldOwner::sender;
}

}  // namespace zeroway
