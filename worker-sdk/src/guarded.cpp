#include "guarded.h"

#include <string>

#include "zeroway/errors.h"

namespace zeroway {

namespace {
void fail(HandlerSide& side, const WorkerLog& log, std::string_view what) {
  const std::string method(side.request().method());
  log.line("handler of " + method + " " + std::string(side.path()) + " failed: " + std::string(what));
  side.fail(500, "The worker failed to answer.\n");
}

void answer(const StatusError& error, HandlerSide& side, const WorkerLog& log) {
  const int status = error.status();
  if (status >= 400 && status <= 599) return side.fail(status, error.what());
  fail(side, log, "StatusError(" + std::to_string(status) + ") is not of 400 to 599: " + error.what());
}
}  // namespace

void answer_exception(const std::exception_ptr& error, HandlerSide& side, const WorkerLog& log) {
  try {
    std::rethrow_exception(error);
  } catch (const Cancelled& cancelled) {
    if (!side.is_cancelled()) fail(side, log, cancelled.what());
  } catch (const StatusError& status) {
    answer(status, side, log);
  } catch (const std::exception& exception) {
    fail(side, log, exception.what());
  } catch (...) {
    fail(side, log, "an exception of unknown type");
  }
}

}  // namespace zeroway
