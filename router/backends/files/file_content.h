// The content of one reply: texts, and ranges of one file, in order. The file is open, or in memory.
//
// Owner: a stream of FilesBackend.   Thread: one loop.
// Not here: how much may be sent (files/files_backend.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "proto/bytes.h"
#include "proto/error.h"
#include "router/backends/files/byte_ranges.h"
#include "router/backends/files/descriptor.h"

namespace zeroway {

class FileContent {
 public:
  void clear();
  void add(std::string text);
  void add(const ByteRange& range);
  // The file that the ranges are of.
  void read_from(Descriptor file) { file_ = std::move(file); }
  void read_from(std::shared_ptr<const std::string> file) { memory_ = std::move(file); }

  [[nodiscard]] std::uint64_t size() const;  // of what is not read yet
  [[nodiscard]] bool is_all_read() const { return part_ == parts_.size(); }
  // The next bytes, at least one and at most `most`, which is not 0; good until the next call, and as long as `buffer`
  // is not used. Fails when the file cannot be read or has become shorter: the rest of the content does not exist.
  [[nodiscard]] Result<Bytes> next(std::string& buffer, std::size_t most);

 private:
  struct Part {
    std::string text;
    ByteRange range;  // used without a text
  };

  void taken(ByteRange& range, std::size_t bytes);
  [[nodiscard]] Bytes next_text(Part& part, std::size_t most);
  [[nodiscard]] Bytes next_of_memory(ByteRange& range, std::size_t most);
  [[nodiscard]] Result<Bytes> next_of_file(ByteRange& range, std::string& buffer, std::size_t most);

  std::vector<Part> parts_;
  std::size_t part_ = 0;
  std::size_t text_read_ = 0;  // of the part's text
  Descriptor file_;
  std::shared_ptr<const std::string> memory_;  // shared with what the loop knows of files, which may forget it
};

}  // namespace zeroway
