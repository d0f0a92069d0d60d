#include "router/wamp/session_state.h"

#include "router/wamp/message_type.h"

namespace zeroway {

SessionState::Verdict SessionState::from_client(std::uint64_t type) {
  using namespace message_type;
  switch (stage_) {
    case Stage::expecting:
      if (type == kAbort) return enter(Stage::over);
      return type == kHello ? enter(Stage::opening) : Verdict::violation;
    case Stage::opening:
      if (type == kAbort) return enter(Stage::over);
      return type == kAuthenticate ? Verdict::passes : Verdict::violation;
    case Stage::open:
    case Stage::closing:
      break;
    case Stage::over:
      return Verdict::violation;
  }
  if (type == kAbort) return enter(Stage::over);
  if (type == kGoodbye) return goodbye(Side::client);
  const bool is_of_opening = type == kHello || type == kWelcome || type == kChallenge || type == kAuthenticate;
  return is_of_opening ? Verdict::violation : Verdict::passes;
}

SessionState::Verdict SessionState::from_backend(std::uint64_t type) {
  using namespace message_type;
  switch (stage_) {
    case Stage::expecting:
    case Stage::over:
      return Verdict::violation;
    case Stage::opening:
      if (type == kAbort) return enter(Stage::over);
      if (type == kWelcome) return enter(Stage::open);
      return type == kChallenge ? Verdict::passes : Verdict::violation;
    case Stage::open:
    case Stage::closing:
      break;
  }
  if (type == kAbort) return enter(Stage::over);
  if (type == kGoodbye) return goodbye(Side::backend);
  const bool is_of_opening = type == kHello || type == kWelcome || type == kChallenge || type == kAuthenticate;
  return is_of_opening ? Verdict::violation : Verdict::passes;
}

// Both may have said it at the same time: the second one answers, whoever says it.
SessionState::Verdict SessionState::goodbye(Side side) {
  if (stage_ == Stage::open) {
    leaving_ = side;
    return enter(Stage::closing);
  }
  return leaving_ == side ? Verdict::violation : enter(Stage::expecting);
}

}  // namespace zeroway
