#include "router/stapling/stapler.h"

#include <optional>
#include <utility>

#include "router/observe/log.h"
#include "router/route/text_hash.h"
#include "router/stapling/ocsp_fetch.h"
#include "router/stapling/staple_times.h"

namespace zeroway {

//   waiting ── timer ──▶ asking ── good answer ──▶ waiting, until half of its time
//      ▲                    └───── anything else ──▶ waiting, longer after each failure
class Stapler::Certificate {
 public:
  Certificate(Stapler& owner, OcspQuestion question)
      : owner_(owner), question_(std::move(question)), timer_(owner.loop_, [this] { ask(); }) {
    take_kept();
    if (question_.is_must && !staple_) tell_must();
    if (may_be_asked()) {
      timer_.set(staple_ ? until_next(owner_.clock_.wall_now()) : std::chrono::seconds(0));
    } else if (!question_.url.empty()) {
      log::info("OCSP: " + question_.file + " has no certificate of its issuer: its responder cannot be asked");
    }
  }

  [[nodiscard]] const std::optional<TlsStaple>& staple() const { return staple_; }

 private:
  [[nodiscard]] bool may_be_asked() const { return !question_.url.empty() && !question_.body.empty(); }

  void tell_must() const {
    log::warning("OCSP: " + question_.file + " is a must-staple certificate: clients refuse it " +
                 (may_be_asked() ? "until its responder has answered" : "for ever, because no responder can be asked"));
  }

  // What a reload or a restart has left. It is judged as if it came now.
  void take_kept() {
    const std::string answer = owner_.store_.find(question_.certificate);
    if (answer.empty()) return;
    if (auto staple = judge_answer(question_, answer, owner_.clock_.wall_now())) staple_ = std::move(*staple);
  }

  // A kept one may be past the half of its time: then at once.
  [[nodiscard]] std::chrono::seconds until_next(WallTime now) {
    const bool is_due = now >= staple_->from + (staple_->until - staple_->from) / 2;
    return is_due ? std::chrono::seconds(0) : until_renewal(*staple_, now, owner_.random());
  }

  void ask() {
    fetch_ = std::make_unique<OcspFetch>(owner_.loop_, owner_.dialer_, question_,
                                         [this](Result<std::string> answer) { answered(std::move(answer)); });
  }

  void answered(Result<std::string> answer) {
    const std::unique_ptr<OcspFetch> done = std::move(fetch_);
    const WallTime now = owner_.clock_.wall_now();
    auto staple = answer ? judge_answer(question_, *answer, now) : Result<TlsStaple>(answer.error());
    if (!staple) return failed(staple.error().detail);
    if (std::exchange(failures_, 0) > 0) log::info("OCSP: " + question_.url + " answers again");
    staple_ = std::move(*staple);
    owner_.store_.put(question_.certificate, staple_->answer);
    timer_.set(until_renewal(*staple_, now, owner_.random()));
    owner_.tell_all();
  }

  // Told once, not at each of the next failures.
  void failed(const std::string& why) {
    if (++failures_ == 1) log::warning("OCSP: no new staple: " + why);
    timer_.set(until_retry(failures_, owner_.random()));
  }

  Stapler& owner_;
  const OcspQuestion question_;
  std::optional<TlsStaple> staple_;
  unsigned failures_ = 0;  // in a row
  std::unique_ptr<OcspFetch> fetch_;
  Timer timer_;
};

Stapler::Stapler(Loop& loop, OriginDialer& dialer, const WallClock& clock, StapleStore& store, std::uint64_t seed,
                 Tell tell)
    : loop_(loop), dialer_(dialer), clock_(clock), store_(store), random_(seed), tell_(std::move(tell)) {}

Stapler::~Stapler() = default;

void Stapler::use(const std::vector<OcspQuestion>& questions) {
  std::map<std::string, std::unique_ptr<Certificate>> next;
  bool has_new = false;
  for (const OcspQuestion& question : questions) {
    const auto known = certificates_.find(question.certificate);
    if (next.contains(question.certificate)) continue;
    auto certificate =
        known == certificates_.end() ? std::make_unique<Certificate>(*this, question) : std::move(known->second);
    has_new = has_new || (known == certificates_.end() && certificate->staple());
    next.emplace(question.certificate, std::move(certificate));
  }
  certificates_ = std::move(next);
  if (has_new) tell_all();
}

void Stapler::tell_all() {
  std::map<std::string, TlsStaple> staples;
  for (const auto& [digest, certificate] : certificates_)
    if (certificate->staple()) staples.emplace(digest, *certificate->staple());
  tell_(std::make_shared<const TlsStaples>(std::move(staples)));
}

std::uint64_t Stapler::random() { return random_ = mixed(random_ + 1); }

}  // namespace zeroway
