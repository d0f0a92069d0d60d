#include "router/exchange/field_edits.h"

#include "proto/ascii.h"
#include "router/exchange/cookies.h"
#include "router/exchange/entries.h"
#include "router/exchange/router_owned_fields.h"

namespace zeroway {

namespace {

// Whether a `vary` of `head` lists `name`, or "*", which stands for all of them.
bool is_varied(const Head& head, std::string_view name) {
  for (const Field field : head) {
    if (field.name != "vary") continue;
    for (std::string_view rest = field.value; !rest.empty();) {
      const auto comma = rest.find(',');
      const std::string_view word = trimmed(rest.substr(0, comma));
      if (word == "*" || is_same_word(word, name)) return true;
      rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    }
  }
  return false;
}

void remove_all_alike(Head& head, std::string_view name) {
  for (std::size_t at = 0; at < head.size();) {
    if (const std::string_view found = head[at].name; !found.starts_with(':') && reads_like(found, name)) {
      head.remove(found);  // all of them
    } else {
      ++at;
    }
  }
}

void remove_from_query(Head& head, std::string_view name) {
  const std::string path(head.path());
  const auto mark = path.find('?');
  if (mark == std::string::npos) return;
  const std::string kept = entries_without(std::string_view(path).substr(mark + 1), '&', "&", name);
  head.set(":path", kept.empty() ? path.substr(0, mark) : path.substr(0, mark + 1) + kept);
}

}  // namespace

void FieldEdits::apply(Head& head) const {
  for (const std::string& name : removed_) head.remove(name);
  for (const std::string& name : alike_) remove_all_alike(head, name);
  for (const std::string& name : cookies_) remove_cookies(head, name);
  for (const std::string& name : parameters_) remove_from_query(head, name);
  for (const Field field : set_) head.set(field.name, field.value);
  for (const Field field : added_) head.add(field.name, field.value);
  for (const std::string& name : varied_)
    if (!is_varied(head, name)) head.add("vary", name);
}

void FieldEdits::clean_trailers(Head& trailers) const {
  if (trailers.is_empty()) return;
  for (const std::string& name : removed_) trailers.remove(name);
  for (const std::string& name : alike_) remove_all_alike(trailers, name);
  for (const Field field : set_) remove_all_alike(trailers, field.name);
}

void FieldEdits::append(const FieldEdits& later) {
  // What is removed later must not come back by an earlier change.
  for (const std::string& name : later.removed_) {
    set_.remove(name);
    added_.remove(name);
    removed_.push_back(name);
  }
  for (const std::string& name : later.alike_) {
    remove_all_alike(set_, name);
    remove_all_alike(added_, name);
    alike_.push_back(name);
  }
  for (const Field field : later.set_) {
    added_.remove(field.name);
    set_.set(field.name, field.value);
  }
  for (const Field field : later.added_) added_.add(field.name, field.value);
  cookies_.insert(cookies_.end(), later.cookies_.begin(), later.cookies_.end());
  parameters_.insert(parameters_.end(), later.parameters_.begin(), later.parameters_.end());
  varied_.insert(varied_.end(), later.varied_.begin(), later.varied_.end());
}

}  // namespace zeroway
