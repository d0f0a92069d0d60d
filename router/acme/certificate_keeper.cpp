#include "router/acme/certificate_keeper.h"

#include <algorithm>
#include <filesystem>

#include "router/acme/lego_command.h"
#include "router/acme/limits.h"
#include "router/acme/renewal.h"
#include "router/net/file_text.h"
#include "router/net/listener.h"
#include "router/observe/events.h"
#include "router/observe/time_text.h"

namespace zeroway {

namespace {

namespace fs = std::filesystem;

std::string show_wait(std::chrono::milliseconds wait) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(wait).count();
  if (seconds < 120) return std::to_string(seconds) + " seconds";
  return seconds < 7'200 ? std::to_string(seconds / 60) + " minutes" : std::to_string(seconds / 3'600) + " hours";
}

std::string lego_folder(const CertificateSpec& spec) { return spec.folder + "/lego"; }

std::string answers_of(const std::string& webroot) { return webroot + "/.well-known/acme-challenge"; }

Result<StoredPair> read_stored(const CertificateSpec& spec) {
  const auto text = read_file_text(spec.file(), kMostPair);
  if (!text) return text.error();
  auto pair = read_pair(*text, spec.name);
  if (!pair) return Error{Fault::router, Code::internal, false, spec.file() + ": " + pair.error().detail};
  return pair;
}

// Where lego keeps the account of the address: the folder above it is named by the authority's host.
std::string account_folder(const CertificateSpec& spec) {
  std::error_code failure;
  for (fs::directory_iterator at(lego_folder(spec) + "/accounts", failure), end; !failure && at != end;
       at.increment(failure)) {
    const fs::path folder = at->path() / spec.email;
    if (has_file(folder.string())) return folder.string();
  }
  return {};
}

bool has_account(const CertificateSpec& spec) {
  const std::string folder = account_folder(spec);
  if (folder.empty()) return false;
  const auto account = read_file_text(folder + "/account.json", kMostPair);
  return account && is_whole_account(*account);
}

// What is only half of an account would fail each order. The key is not lost: lego finds the account again by it.
void remove_account(const CertificateSpec& spec) {
  const std::string folder = account_folder(spec);
  std::error_code ignored;
  if (folder.empty()) return;
  fs::remove(folder + "/account.json", ignored);
  const std::string key = folder + "/keys/" + spec.email + ".key";
  const auto text = read_file_text(key, kMostPair);
  if (!text || text->find("-----END") == std::string::npos) fs::remove(key, ignored);
}

void remove_order_files(const CertificateSpec& spec) {
  std::error_code ignored;
  for (const char* ending : {".crt", ".key", ".issuer.crt", ".json"}) {
    fs::remove(lego_folder(spec) + "/certificates/" + spec.name + ending, ignored);
  }
}

}  // namespace

std::string describe_stored(const CertificateSpec& spec) {
  const std::string from =
      spec.source == CertificateSource::internal ? "the router's own authority" : spec.directory_url;
  const auto stored = read_stored(spec);
  if (!stored || stored->is_temporary) return spec.name + ": none is stored, would be ordered from " + from;
  return spec.name + ": " + spec.file() + " is good until " + utc_text(stored->until) + ", would be renewed after " +
         utc_text(renewal_time(stored->from, stored->until, 0)) + " from " + from;
}

CertificateKeeper::CertificateKeeper(Loop& loop, const WallClock& clock, std::string state_dir, CertificateUsers& users,
                                     std::uint64_t seed)
    : loop_(loop),
      clock_(clock),
      state_dir_(std::move(state_dir)),
      users_(users),
      random_(seed),
      authority_(internal_folder(state_dir_)),
      timer_(loop, [this] { turn(); }) {}

CertificateKeeper::~CertificateKeeper() = default;

// --- before anything is served

Result<> CertificateKeeper::prepare(const std::vector<CertificateSpec>& specs) {
  if (specs.empty()) return {};
  const bool wants_client =
      std::any_of(specs.begin(), specs.end(), [](const auto& spec) { return spec.source == CertificateSource::acme; });
  if (wants_client && client_.empty()) client_ = find_program(kLegoProgram);
  if (wants_client && client_.empty()) {
    return Error{Fault::router, Code::internal, false, kNoLego};
  }
  bool are_all_there = true;
  for (const CertificateSpec& spec : specs) {
    if (read_stored(spec)) continue;
    are_all_there = false;
    if (auto made = make_folders(spec.folder); !made) return made;
    if (auto put = put_temporary(spec); !put) return put;
  }
  if (!are_all_there) return {};
  if (const auto room = check_room(state_dir_, kProbeSize); !room)
    log::error("the state directory takes no new certificates, those in it are served: " + room.error().detail);
  return {};
}

Result<> CertificateKeeper::put_temporary(const CertificateSpec& spec) {
  const WallTime now = clock_.wall_now();
  auto pair = spec.source == CertificateSource::internal ? authority_.issue(spec.name, now)
                                                         : make_temporary_pair(spec.name, now);
  if (!pair) return pair.error();
  if (auto written = write_whole_file(spec.file(), *pair); !written) return written;
  if (spec.source == CertificateSource::acme)
    log::warning("certificate for " + spec.name +
                 ": there is none yet: browsers refuse the temporary one that is served until the authority has "
                 "answered");
  return {};
}

void CertificateKeeper::use(const std::vector<CertificateSpec>& specs) {
  for (const auto& entry : entries_) entry->is_wanted = false;
  for (const CertificateSpec& spec : specs) {
    const auto same = [&](const auto& entry) { return entry->spec == spec; };
    if (const auto at = std::find_if(entries_.begin(), entries_.end(), same); at != entries_.end()) {
      (*at)->is_wanted = true;
      continue;
    }
    auto entry = std::make_unique<Entry>();
    entry->spec = spec;
    entry->number = ++last_number_;
    look_at(*entry);
    entries_.push_back(std::move(entry));
  }
  if (phase_ == Phase::runs) turn();
}

// When the stored certificate is to be renewed.
void CertificateKeeper::look_at(Entry& entry) {
  const auto stored = read_stored(entry.spec);
  entry.is_temporary = !stored || stored->is_temporary;
  entry.from = stored ? stored->from : WallTime::min();
  entry.until = stored ? stored->until : WallTime::min();
  entry.due = entry.is_temporary ? WallTime::min() : renewal_time(stored->from, stored->until, chance());
  if (!entry.spec.is_ordered) entry.due = WallTime::max();
}

// --- the turn of the keeper

void CertificateKeeper::start() {
  if (phase_ != Phase::prepares) return;
  phase_ = Phase::runs;
  turn();
}

void CertificateKeeper::hurry() {
  for (const auto& entry : entries_)
    if (entry->failures > 0) entry->due = WallTime::min();
  if (phase_ == Phase::runs) timer_.set(std::chrono::milliseconds(0));
}

void CertificateKeeper::stop() {
  phase_ = Phase::stopped;
  timer_.clear();
  for (const auto& entry : entries_)
    if (entry->child) entry->child->stop();
  for (const auto& entry : entries_) entry->reader.reset();
  lock_.release();
}

void CertificateKeeper::turn() {
  if (phase_ != Phase::runs) return;
  is_blocked_ = false;
  for (const auto& entry : entries_)
    if (entry->state == State::rests) entry->child.reset();
  std::erase_if(entries_, [](const auto& entry) { return !entry->is_wanted && entry->state == State::rests; });
  const WallTime now = clock_.wall_now();
  for (const auto& entry : entries_) {
    if (entry->state != State::rests || entry->due > now) continue;
    if (!may_begin(*entry)) {
      is_blocked_ = true;
      if (is_warning_due(*entry)) look_at(*entry);  // another router may have renewed it
      warn_of_end(*entry);
    } else if (entry->spec.source == CertificateSource::internal) {
      issue(*entry);
    } else {
      order(*entry);
    }
  }
  set_timer();
}

void CertificateKeeper::set_timer() {
  auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(kLongestLook);
  const WallTime now = clock_.wall_now();
  for (const auto& entry : entries_) {
    if (entry->state != State::rests) continue;
    const auto left = entry->due <= now ? std::chrono::milliseconds(0)
                                        : std::chrono::ceil<std::chrono::milliseconds>(entry->due - now);
    wait = std::min(wait, left);
  }
  timer_.set(is_blocked_ ? std::max(wait, kBlockedLook) : wait);
}

// One process of all that share the state directory orders. One order at a time while there is no account, because each
// would make an account of its own.
bool CertificateKeeper::may_begin(const Entry& entry) {
  if (!lock_.take(state_dir_ + "/lock")) {
    if (!std::exchange(has_told_of_lock_, true))
      log::info(state_dir_ + ": another router holds its lock, and renews the certificates in it");
    return false;
  }
  has_told_of_lock_ = false;
  return entry.spec.source == CertificateSource::internal || !is_held(entry);
}

bool CertificateKeeper::is_held(const Entry& entry) {
  std::size_t orders = 0;
  bool has_sibling = false;
  for (const auto& other : entries_) {
    if (other->state == State::rests) continue;
    ++orders;
    has_sibling = has_sibling || other->spec.folder == entry.spec.folder;
  }
  return orders >= kMostOrders || (has_sibling && !has_account(entry.spec));
}

CertificateKeeper::Entry* CertificateKeeper::find(std::uint64_t number) {
  const auto is_it = [number](const auto& entry) { return entry->number == number; };
  const auto at = std::find_if(entries_.begin(), entries_.end(), is_it);
  return at == entries_.end() ? nullptr : at->get();
}

// --- the local authority

void CertificateKeeper::issue(Entry& entry) {
  const auto pair = authority_.issue(entry.spec.name, clock_.wall_now());
  if (!pair) return failed(entry, pair.error().detail);
  if (const auto installed = install(entry, *pair); !installed) failed(entry, installed.error().detail);
}

// --- an order

std::string CertificateKeeper::webroot_of(const CertificateSpec& spec) const {
  return spec.folder + "/challenges/" + spec.name;
}

void CertificateKeeper::order(Entry& entry) {
  const CertificateSpec& spec = entry.spec;
  remove_unfinished_files(spec.folder);
  const auto left = take_result(entry);  // of an order that succeeded while the router was killed
  remove_order_files(spec);
  if (left) return;
  if (!has_account(spec)) remove_account(spec);
  std::error_code ignored;
  fs::remove_all(webroot_of(spec), ignored);
  for (const std::string& folder : {lego_folder(spec), answers_of(webroot_of(spec))}) {
    if (const auto made = make_folders(folder); !made) return failed(entry, made.error().detail);
  }
  // An order whose result cannot be kept would cost the authority's limit for nothing.
  if (const auto room = check_room(spec.folder, kProbeSize); !room) return failed(entry, room.error().detail);
  if (const auto chosen = choose_challenge(entry); !chosen) return failed(entry, chosen.error().detail);
  entry.state = State::shows;
  show_challenges([this, number = entry.number] { run_client(number); });
}

// By TLS the client answers at a port of this machine that is free now.
Result<> CertificateKeeper::choose_challenge(Entry& entry) const {
  entry.tls_port = 0;
  entry.digest.reset();
  const AcmeChallenge wanted = entry.spec.challenge;
  const bool takes_turns = wanted == AcmeChallenge::automatic && entry.spec.has_http;
  if (wanted == AcmeChallenge::http_01 || (takes_turns && entry.failures % 2 == 0)) return {};
  const auto socket = listen_at("127.0.0.1", 0, Share::no);
  if (!socket) return socket.error();
  entry.tls_port = bound_to(*socket).port;
  return {};
}

void CertificateKeeper::show_challenges(std::function<void()> done) {
  auto open = std::make_shared<OpenChallenges>();
  for (const auto& entry : entries_) {
    if (entry->state == State::rests) continue;
    if (entry->tls_port == 0) open->folders.emplace(entry->spec.name, answers_of(webroot_of(entry->spec)));
    if (entry->tls_port != 0) open->digests.emplace(entry->spec.name, entry->digest);
  }
  users_.answer(open->is_empty() ? nullptr : std::move(open), std::move(done));
}

void CertificateKeeper::run_client(std::uint64_t number) {
  Entry* const entry = find(number);
  if (entry == nullptr || phase_ != Phase::runs) return;
  const CertificateSpec& spec = entry->spec;
  const LegoOrder order{.program = client_,
                        .folder = lego_folder(spec),
                        .webroot = entry->tls_port == 0 ? webroot_of(spec) : "",
                        .tls_port = entry->tls_port};
  entry->child = std::make_unique<ChildProcess>(
      loop_, [this, number](const ChildProcess::End& end) { client_ended(number, end); });
  const auto started = entry->child->start({lego_words(order, spec), lego_environment(spec), kOrderDeadline});
  if (!started) {
    leave(*entry);
    return failed(*entry, started.error().detail);
  }
  entry->state = State::orders;
  if (entry->tls_port != 0) read_digest(*entry);
  log::debug("certificate for " + spec.name + ": ordered from " + spec.directory_url);
}

void CertificateKeeper::read_digest(Entry& entry) {
  entry.reader = std::make_unique<ChallengeReader>(loop_, entry.tls_port, entry.spec.name,
                                                   [this, number = entry.number](const ChallengeDigest& digest) {
                                                     Entry* const found = find(number);
                                                     if (found == nullptr || found->state != State::orders) return;
                                                     found->digest = digest;
                                                     show_challenges([] {});
                                                   });
}

void CertificateKeeper::client_ended(std::uint64_t number, const ChildProcess::End& end) {
  Entry* const entry = find(number);
  if (entry == nullptr || phase_ != Phase::runs) return;
  const auto taken = take_result(*entry);
  if (!taken && is_account_unknown(end.last_words)) remove_account(entry->spec);
  remove_order_files(entry->spec);
  leave(*entry);
  if (!taken) {
    const std::string late = end.is_late ? "no certificate within " + show_wait(kOrderDeadline) + ": " : "";
    // The router's own reason is better where the client has none: it succeeded, and its files are not good.
    failed(*entry, late + (end.code == 0 ? taken.error().detail : lego_reason(end.last_words)));
  }
}

Result<> CertificateKeeper::take_result(Entry& entry) {
  const auto key = read_file_text(lego_key_file(lego_folder(entry.spec), entry.spec.name), kMostPair);
  if (!key) return key.error();
  const auto chain = read_file_text(lego_chain_file(lego_folder(entry.spec), entry.spec.name), kMostPair);
  if (!chain) return chain.error();
  return install(entry, *key + *chain);
}

// The order is over: its challenge is no longer answered.
void CertificateKeeper::leave(Entry& entry) {
  entry.state = State::rests;
  entry.reader.reset();
  std::error_code ignored;
  fs::remove_all(webroot_of(entry.spec), ignored);
  show_challenges([] {});
  timer_.set(std::chrono::milliseconds(0));
}

Result<> CertificateKeeper::install(Entry& entry, const std::string& pair) {
  const auto read = read_pair(pair, entry.spec.name);
  const std::string what = "the new certificate for " + entry.spec.name;
  if (!read) return Error{Fault::router, Code::internal, false, what + " " + read.error().detail};
  if (read->until <= clock_.wall_now())
    return Error{Fault::router, Code::internal, false, what + " has ended on " + utc_text(read->until)};
  if (auto written = write_whole_file(entry.spec.file(), pair); !written) return written;
  succeeded(entry, *read);
  return {};
}

void CertificateKeeper::succeeded(Entry& entry, const StoredPair& pair) {
  entry.failures = 0;
  entry.told_at = entry.warned_at = {};
  entry.is_temporary = false;
  entry.from = pair.from;
  entry.until = pair.until;
  // One that ends soon is renewed soon, but never in a tight circle.
  entry.due = std::max(renewal_time(pair.from, pair.until, chance()), clock_.wall_now() + std::chrono::seconds(1));
  tell(entry, log::Level::info, ": a new one is in use, good until " + utc_text(pair.until));
  users_.renewed(entry.spec);
}

void CertificateKeeper::tell(const Entry& entry, log::Level level, const std::string& what) {
  const std::string line = "certificate for " + entry.spec.name + what;
  log::write(level, line);
  tell_event(Event::Kind::certificate, entry.spec.name, line);
}

void CertificateKeeper::failed(Entry& entry, const std::string& why) {
  const auto wait = retry_delay(++entry.failures, chance());
  const WallTime now = clock_.wall_now();
  entry.due = now + wait;
  warn_of_end(entry);
  if (now - entry.told_at < kTellFailureAgain) return;
  entry.told_at = now;
  const std::string served = entry.is_temporary ? "a temporary one that browsers refuse is served"
                                                : "the old one is served, good until " + utc_text(entry.until);
  tell(entry, log::Level::error,
       ": no new one (" + std::to_string(entry.failures) + " times in a row): " + why + "; " + served +
           "; tried again in " + show_wait(wait));
}

bool CertificateKeeper::is_warning_due(const Entry& entry) const {
  const WallTime now = clock_.wall_now();
  return !entry.is_temporary && now >= warning_time(entry.from, entry.until) && now - entry.warned_at >= kTellEndAgain;
}

// Its renewal is due, and has failed or may not begin.
void CertificateKeeper::warn_of_end(Entry& entry) {
  if (!is_warning_due(entry)) return;
  entry.warned_at = clock_.wall_now();
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(entry.until - entry.warned_at);
  tell(entry, log::Level::warning,
       (left.count() > 0 ? " expires in " + show_wait(left) + ", on " : ": has expired on ") + utc_text(entry.until) +
           ", and has not been renewed");
}

}  // namespace zeroway
