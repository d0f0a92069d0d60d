#include "router/access/secrets_keeper.h"

#include <utility>

#include "router/net/file_mark.h"
#include "router/net/limits.h"
#include "router/observe/log.h"

namespace zeroway {

SecretsKeeper::SecretsKeeper(Loop& loop, std::function<void(const Secrets&)> tell)
    : tell_(std::move(tell)), look_(loop, [this] { look(); }) {}

void SecretsKeeper::keep(Secrets secrets) {
  secrets_ = std::move(secrets);
  marks_.clear();
  for (const NamedSecret& named : secrets_) marks_.push_back({.text = file_mark(named.spec.file)});
  look_.clear();
  if (!secrets_.empty()) look_.set(kFilesInterval);
}

void SecretsKeeper::reload() {
  for (Mark& mark : marks_) mark = {};
  if (!secrets_.empty()) look();
}

void SecretsKeeper::look() {
  look_.set(kFilesInterval);
  bool is_new = false;
  for (std::size_t index = 0; index < secrets_.size(); ++index) is_new |= renew(secrets_[index], marks_[index]);
  if (is_new) tell_(secrets_);
}

// A file that cannot be used may be half written: it is read once more before the log complains.
bool SecretsKeeper::renew(NamedSecret& named, Mark& mark) {
  std::string text = file_mark(named.spec.file);
  const bool is_second_look = mark.has_failed && !mark.has_complained;
  if (text == mark.text && !is_second_look) return false;
  if (text != mark.text) mark.has_complained = false;
  mark.text = std::move(text);
  auto read = read_secret(named.spec);
  if (read) {
    mark.has_failed = mark.has_complained = false;
    named.secret = std::move(*read);
    log::info(named.spec.file + " is read again");
    return true;
  }
  if (mark.has_failed && !mark.has_complained) {
    mark.has_complained = true;
    log::error("what was in a file of logins before stays in use: " + read.error().detail);
  }
  mark.has_failed = true;
  return false;
}

}  // namespace zeroway
