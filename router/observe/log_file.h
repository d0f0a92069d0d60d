// A file, pipe or terminal that takes lines. A thread of its own writes them: who has lines never waits for a reader or
// a disk. What no longer fits meanwhile is lost, counted, and told in the log when lines are taken again.
//
// Owner: Router keeps the access log's, observe/log.cpp those of the log.   Thread: any.
// A mutex, because every loop has lines and there is one file; it is held to hand over a buffer, never to write one.
// Not here: what the lines say (observe/request_log.h, observe/log.h).
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "proto/error.h"

namespace zeroway {

class LogFile {
 public:
  // `what` names it in the log: "access log".
  explicit LogFile(std::string what);
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  // Appends to the file `path`, made with mode 0640 when there is none; "-" is standard output. Fails naming it and the
  // reason. Once, and before append().
  [[nodiscard]] Result<> open(const std::string& path);
  // Writes to what somebody else has opened, and leaves it open.
  void use(int descriptor);

  // Takes `count` whole lines; `lines` is empty afterwards. True when they are lost, and the first since lines were
  // taken: who may write to the log then says so. Nothing happens before open() and after finish().
  bool append(std::string& lines, std::uint64_t count);
  // Opens the file of that name anew, after it was moved away: what was appended before goes to the old one. That stays
  // in use when it fails, and the log says why. Returns at once.
  void reopen();
  // Waits until all is written, at most a second: somebody may have stopped reading for good. Takes nothing afterwards.
  void finish();
  // Lines that were lost so far.
  [[nodiscard]] std::uint64_t lost() const;
  // "access log '/var/log/x'"
  [[nodiscard]] const std::string& name() const;

 private:
  class Writer;
  void start(std::shared_ptr<Writer> writer);

  std::string what_;
  // Also held by its thread, which may be stuck in a write when everybody else has gone.
  std::shared_ptr<Writer> writer_;
  std::thread thread_;
};

}  // namespace zeroway
