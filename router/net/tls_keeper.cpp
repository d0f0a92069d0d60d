#include "router/net/tls_keeper.h"

#include "router/net/file_mark.h"
#include "router/net/limits.h"
#include "router/net/tls_files.h"
#include "router/observe/events.h"
#include "router/observe/log.h"

namespace zeroway {

namespace {

void append_mark(std::string& marks, const std::string& file) {
  marks.append(file).append(" ").append(file_mark(file)).append("\n");
}

void append_marks(std::string& marks, const std::vector<TlsFiles>& certificates, const TlsPolicy& policy) {
  for (const TlsFiles& files : certificates) {
    append_mark(marks, files.certificate);
    append_mark(marks, files.key);
    for (const std::string& file : files.chain) append_mark(marks, file);
  }
  for (const std::string& file : policy.client_ca) append_mark(marks, file);
}

std::string marks_of(const TlsSettings& settings) {
  std::string marks;
  append_marks(marks, settings.certificates, settings.policy);
  for (const TlsSite& site : settings.sites) append_marks(marks, site.certificates, site.policy);
  if (settings.directory.empty()) return marks;
  const auto pairs = list_pairs(settings.directory);
  if (!pairs) return marks.append(pairs.error().detail);
  for (const TlsFiles& files : *pairs) {
    append_mark(marks, files.certificate);
    if (files.key != files.certificate) append_mark(marks, files.key);
  }
  return marks;
}

}  // namespace

TlsKeeper::TlsKeeper(Loop& loop, const TlsSettings& settings, std::vector<std::string> protocols,
                     std::function<void(const TlsTerms&)> tell, const WallClock& clock)
    : settings_(settings),
      protocols_(std::move(protocols)),
      tell_(std::move(tell)),
      clock_(clock),
      look_(loop, [this] { look(); }),
      rotation_(loop, [this] { rotate(); }),
      expiry_(loop, [this] { warn_of_expiry(); }) {}

TlsKeeper::~TlsKeeper() = default;

Result<> TlsKeeper::open() {
  seen_ = marks_of(settings_);
  auto context = TlsContext::load(settings_, protocols_);
  if (!context) return context.error();
  terms_ = {std::move(*context), TicketKeys::make()};
  look_.set(kFilesInterval);
  rotation_.set(settings_.ticket_rotation);
  warn_of_expiry();
  return {};
}

void TlsKeeper::look() {
  look_.set(kFilesInterval);
  std::string marks = marks_of(settings_);
  // A certificate and its key are two files. A pair that does not fit may be half of a change, and is read once more
  // before the log complains.
  const bool is_second_look = has_failed_ && !has_complained_;
  if (marks == seen_ && !is_second_look) return;
  if (marks != seen_) has_complained_ = false;
  seen_ = std::move(marks);
  load();
}

void TlsKeeper::reload() {
  seen_ = marks_of(settings_);
  has_failed_ = true;
  has_complained_ = false;
  load();
}

void TlsKeeper::use(std::shared_ptr<const TlsChallenges> challenges) {
  terms_.challenges = std::move(challenges);
  tell_(terms_);
}

void TlsKeeper::use(std::shared_ptr<const TlsStaples> staples) {
  terms_.staples = std::move(staples);
  tell_(terms_);
}

void TlsKeeper::load() {
  auto context = TlsContext::load(settings_, protocols_);
  if (context) {
    has_failed_ = has_complained_ = false;
    terms_.context = std::move(*context);
    log::info("TLS: new certificates are in use");
    tell_event(Event::Kind::certificate, "TLS", "new certificates are in use");
    warn_of_expiry();
    return tell_(terms_);
  }
  if (has_failed_ && !has_complained_) {
    has_complained_ = true;
    const std::string line = "the old certificates stay in use: " + context.error().detail;
    log::error("TLS: " + line);
    tell_event(Event::Kind::certificate, "TLS", line);
  }
  has_failed_ = true;
}

void TlsKeeper::warn_of_expiry() {
  expiry_.set(kExpiryInterval);
  for (const CertificateEnd& end : terms_.context->ends()) {
    const std::string warning = expiry_warning(end, clock_.wall_now());
    if (warning.empty()) continue;
    log::warning(warning);
    tell_event(Event::Kind::certificate, end.file, warning);
  }
}

void TlsKeeper::rotate() {
  rotation_.set(settings_.ticket_rotation);
  terms_.keys = terms_.keys->rotated();
  tell_(terms_);
}

}  // namespace zeroway
