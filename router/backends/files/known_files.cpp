#include "router/backends/files/known_files.h"

#include <unistd.h>

#include <algorithm>

#include "router/backends/files/entity_tag.h"
#include "router/backends/files/limits.h"
#include "router/observe/http_date.h"

namespace zeroway {

KnownName& KnownFiles::find(const std::string& name) {
  const Time now = clock_.now();
  if (now - root_looked_up_ >= kLookAgain) {
    root_.look_again();
    root_looked_up_ = now;
  }
  KnownName& known = touch(name);
  if (known.there != 0 && now - known.looked_up < kLookAgain) return known;
  known.looked_up = now;
  look(known);
  if (known.find == Find::file) return known;
  no_file_ = {};
  no_file_.find = known.find;
  no_file_.reason = known.reason;
  forget(names_.begin());
  return no_file_;
}

KnownName& KnownFiles::touch(const std::string& name) {
  if (const auto found = places_.find(name); found != places_.end()) {
    names_.splice(names_.begin(), names_, found->second);
    return names_.front();
  }
  names_.emplace_front();
  names_.front().name = name;
  names_.front().type = types_.type_of(name);
  places_.emplace(name, names_.begin());
  keep_bounds();
  return names_.front();
}

void KnownFiles::look(KnownName& known) {
  const Opened itself = root_.open(known.name);
  known.find = itself.find;
  known.reason = itself.reason;
  known.there = 0;
  if (itself.find != Find::file) return;
  known.there = coding_bit(Coding::identity);
  note(known.file(Coding::identity), itself.facts, Coding::identity);
  if (precompressed_ == Precompressed::no) return;
  for (const Coding coding : {Coding::br, Coding::zstd, Coding::gzip}) {
    const Opened beside = root_.open(known.name + std::string(coding_suffix(coding)));
    if (beside.find != Find::file) continue;
    known.there |= coding_bit(coding);
    note(known.file(coding), beside.facts, coding);
  }
}

void KnownFiles::note(KnownFile& file, const FileFacts& facts, Coding coding) {
  if (!file.etag.empty() && file.facts == facts) return;
  drop_content(file);
  file.facts = facts;
  file.etag = entity_tag(facts, coding);
  file.last_modified = facts.has_date() ? write_http_date(facts.modified_seconds()) : std::string();
}

Opened KnownFiles::open(KnownName& known, Coding coding) {
  Opened opened = root_.open(known.name + std::string(coding_suffix(coding)));
  if (opened.find != Find::file) {
    known.there = 0;  // look again the next time
    return opened;
  }
  KnownFile& file = known.file(coding);
  note(file, opened.facts, coding);
  keep_content(file, opened.descriptor);
  return opened;
}

// A file that changes while it is read has changed a moment ago, as soon as its facts are read again.
void KnownFiles::keep_content(KnownFile& file, const Descriptor& descriptor) {
  const auto now = std::chrono::nanoseconds(clock_.wall_now().time_since_epoch()).count();
  const std::int64_t last_change = std::max(file.facts.changed, file.facts.modified);
  if (file.content || file.facts.size > kMostHotFile || now - last_change < kSettledNanos) return;
  auto content = std::make_shared<std::string>(file.facts.size + 1, '\0');  // one more: the file may have grown
  const auto count = ::pread(descriptor.fd(), content->data(), content->size(), 0);
  if (count < 0 || static_cast<std::uint64_t>(count) != file.facts.size) return;
  content->resize(file.facts.size);
  bytes_ += content->size();
  file.content = std::move(content);
  keep_bounds();
}

void KnownFiles::drop_content(KnownFile& file) {
  if (file.content) bytes_ -= file.content->size();
  file.content.reset();
}

void KnownFiles::keep_bounds() {
  while (names_.size() > 1 && (names_.size() > kMostKnown || bytes_ > kHotBytes)) forget(std::prev(names_.end()));
}

void KnownFiles::forget(Place place) {
  for (KnownFile& file : place->files) drop_content(file);
  places_.erase(place->name);
  names_.erase(place);
}

}  // namespace zeroway
