// A file, pipe or terminal that takes lines. Its own thread writes them: code that appends lines never waits for a
// reader or a disk. Lines that do not fit are lost and counted; the log reports them when lines are taken again.
//
// Owner: observe/log_files.h keeps the files of access logs, observe/log.cpp those of the log.   Thread: any.
// It has a mutex, because all loops append to one file. The mutex is held to hand over a buffer, never to write one.
// Not here: the text of the lines (observe/request_log.h, observe/log.h).
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "proto/error.h"

namespace zeroway {

class LogFile {
 public:
  // `what` names the file in the log: "access log".
  explicit LogFile(std::string what);
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  // Appends to the file `path`, which is made with mode 0640 when it does not exist. "-" is standard output. The error
  // names the file and the reason. Call open() once, before append().
  [[nodiscard]] Result<> open(const std::string& path);
  // Writes to a descriptor that the caller has opened, and leaves it open.
  void use(int descriptor);

  // Takes `count` whole lines; `lines` is empty afterwards. True when these lines are lost, and are the first lost
  // since lines were taken: a caller that may write to the log then reports that. Nothing happens before open() and
  // after finish().
  bool append(std::string& lines, std::uint64_t count);
  // Opens the file of that name again, after the old file was moved away. Lines appended before go to the old file.
  // When the open fails, the old file stays in use, and the log says why. Returns at once.
  void reopen();
  // Waits until all lines are written, at most a second: a reader may have stopped for good. Takes no lines afterwards.
  void finish();
  // Takes no lines afterwards, and does not wait: the thread ends by itself once all lines are written.
  void leave();
  // Lines that were lost so far.
  [[nodiscard]] std::uint64_t lost() const;
  // "access log '/var/log/x'"
  [[nodiscard]] const std::string& name() const;

 private:
  class Writer;
  void start(std::shared_ptr<Writer> writer);

  std::string what_;
  // Also held by its thread, which may be stuck in a write after the LogFile is destroyed.
  std::shared_ptr<Writer> writer_;
  std::thread thread_;
};

}  // namespace zeroway
