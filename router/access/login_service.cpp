#include "router/access/login_service.h"

#include <memory>
#include <utility>

#include "router/access/limits.h"
#include "router/access/service_question.h"

namespace zeroway {

namespace {

// Where verbs run: what they retire stays in place until the outermost one has returned.
class Depth {
 public:
  explicit Depth(int& depth) : depth_(depth) { ++depth_; }
  ~Depth() { --depth_; }
  Depth(const Depth&) = delete;
  Depth& operator=(const Depth&) = delete;

 private:
  int& depth_;
};

Error lost(std::string why) { return {Fault::backend, Code::login_lost, false, "the login service " + std::move(why)}; }

}  // namespace

LoginService::~LoginService() {
  for (const auto& waiting : waiting_) asked_.find(waiting.second)->drop(ResetCode::cancel);
}

Verdict LoginService::judge(const AccessQuestion& question, const ForwardRule& rule, VerdictTo to) {
  if (depth_ == 0) asked_.recycle();
  const ExchangeKey key = asked_.add([this] { return std::make_unique<Asked>(*this); });
  waiting_[to.key] = key;
  Asked& asked = *asked_.find(key);
  asked.begin(key, question, rule, to);
  asked.open(Attempt::first);
  Verdict later;
  later.way = Verdict::Way::later;
  later.patience = rule.timeout;
  return later;
}

void LoginService::forget(ExchangeKey key) {
  const auto found = waiting_.find(key);
  if (found == waiting_.end()) return;
  const ExchangeKey own = found->second;
  waiting_.erase(found);
  const Depth depth(depth_);
  if (Asked* asked = asked_.find(own)) asked->finish();
}

BackendEvents* LoginService::find(ExchangeKey key) { return asked_.find(key); }

void LoginService::retire(ExchangeKey key) {
  if (asked_.find(key) != nullptr) asked_.retire(key);
}

// --- one question

void LoginService::Asked::begin(ExchangeKey own_key, const AccessQuestion& question, const ForwardRule& rule,
                                VerdictTo to) {
  key_ = own_key;
  pin_ = PlanPin(*question.client.listener->pin);
  route_ = question.route != nullptr ? question.route : &owner_.no_route_;
  client_ = &question.client;
  rule_ = &rule;
  to_ = to;
  head_ = service_question(question, rule);
  stream_ = {};
  stage_ = Stage::waiting;
  tries_ = 0;
  unread_ = 0;
  answer_ = {};
}

void LoginService::Asked::open(Attempt attempt) {
  ++tries_;
  Backend& backend = *pin_->backends[rule_->backend];
  const BackendRequest request{.head = head_,
                               .last = Last::yes,
                               .kind = Kind::request,
                               .attempt = attempt,
                               .route = *route_,
                               .client = *client_};
  stream_ = backend.open(request, {&owner_, key_});
  stream_.end({});
}

void LoginService::Asked::drop(ResetCode code) {
  if (stream_.is_open()) std::exchange(stream_, {}).reset(code);
}

void LoginService::Asked::head(Head& head, Last last) {
  const Depth depth(owner_.depth_);
  const int status = head.status();
  if (status >= 100 && status < 200) return;
  if (stage_ != Stage::waiting) return fail(lost("gave two answers"));
  if (status >= 200 && status < 300) return consented(head, last);
  if (status < 300 || status == 304) return fail(lost("answered " + std::to_string(status)));
  stage_ = Stage::refused;
  answer_.way = Verdict::Way::answer;
  answer_.head = service_refusal(head);
}

// The body is nobody's. It is read all the same while it is short: a connection whose answer is not read is lost.
void LoginService::Asked::consented(const Head& head, Last last) {
  Verdict verdict = service_consent(head, *rule_);
  const bool may_read = last == Last::yes || owner_.unread_answers_ < kMostUnreadAnswers;
  if (may_read) {
    stage_ = Stage::unread;
    ++owner_.unread_answers_;
  }
  tell(std::move(verdict));
  if (!may_read) finish();
}

void LoginService::Asked::data(Bytes bytes) {
  const Depth depth(owner_.depth_);
  if (stage_ == Stage::unread) {
    unread_ += bytes.size();
    if (unread_ > kMostDroppedBody) finish();
    return;
  }
  if (stage_ != Stage::refused) return fail(lost("sent a body without a head"));
  if (answer_.content.size() + bytes.size() > kMaxServiceBody)
    return fail(lost("refused with a body over " + std::to_string(kMaxServiceBody) + " bytes"));
  answer_.content.append(as_text(bytes));
  stream_.credit(static_cast<std::uint32_t>(bytes.size()));  // else a body that is too long would stop at the limit
}

void LoginService::Asked::end(Head&) {
  const Depth depth(owner_.depth_);
  stream_ = {};
  if (stage_ == Stage::refused) tell(std::move(answer_));
  if (stage_ == Stage::waiting) tell(Verdict::refusal(lost("ended without an answer")));
  finish();
}

// A GET that nobody has answered may be asked again.
void LoginService::Asked::reset(const Error& error) {
  const Depth depth(owner_.depth_);
  stream_ = {};
  const bool may_help = error.retry_safe || error.code == Code::backend_lost;
  if (stage_ == Stage::waiting && may_help && tries_ < kMostServiceTries) return open(Attempt::again);
  if (stage_ == Stage::unread) return finish();
  if (error.code == Code::backend_timeout)
    return fail({Fault::backend, Code::login_timeout, false, "the login service: " + error.detail});
  fail(lost("failed: " + error.detail));
}

void LoginService::Asked::fail(Error error) {
  drop(ResetCode::cancel);
  if (stage_ != Stage::unread) tell(Verdict::refusal(std::move(error)));
  finish();
}

void LoginService::Asked::tell(Verdict verdict) {
  client_ = nullptr;
  rule_ = nullptr;
  owner_.waiting_.erase(to_.key);
  to_.tell(std::move(verdict));
}

void LoginService::Asked::finish() {
  if (stage_ == Stage::unread) --owner_.unread_answers_;
  drop(ResetCode::cancel);
  pin_ = PlanPin();
  owner_.retire(key_);
}

}  // namespace zeroway
