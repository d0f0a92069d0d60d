#include "router/backends/files/file_content.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "router/backends/files/limits.h"

namespace zeroway {

void FileContent::clear() {
  parts_.clear();
  part_ = text_read_ = 0;
  file_ = Descriptor();
  memory_.reset();
}

void FileContent::add(std::string text) {
  if (!text.empty()) parts_.push_back({std::move(text), {}});
}

void FileContent::add(const ByteRange& range) {
  if (range.size > 0) parts_.push_back({{}, range});
}

std::uint64_t FileContent::size() const {
  std::uint64_t size = 0;
  for (std::size_t at = part_; at < parts_.size(); ++at) size += parts_[at].text.size() + parts_[at].range.size;
  return size - text_read_;
}

Result<Bytes> FileContent::next(std::string& buffer, std::size_t most) {
  Part& part = parts_[part_];
  if (!part.text.empty()) return next_text(part, most);
  return memory_ ? next_of_memory(part.range, most) : next_of_file(part.range, buffer, most);
}

Bytes FileContent::next_of_memory(ByteRange& range, std::size_t most) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(range.size, most));
  const std::string_view bytes = std::string_view(*memory_).substr(static_cast<std::size_t>(range.first), size);
  taken(range, size);
  return as_bytes(bytes);
}

void FileContent::taken(ByteRange& range, std::size_t bytes) {
  range.first += bytes;
  range.size -= bytes;
  if (range.size == 0) ++part_;
}

Bytes FileContent::next_text(Part& part, std::size_t most) {
  const std::string_view text = std::string_view(part.text).substr(text_read_, most);
  text_read_ += text.size();
  if (text_read_ == part.text.size()) {
    ++part_;
    text_read_ = 0;
  }
  return as_bytes(text);
}

Result<Bytes> FileContent::next_of_file(ByteRange& range, std::string& buffer, std::size_t most) {
  if (buffer.size() < kReadSize) buffer.resize(kReadSize);
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>({range.size, most, buffer.size()}));
  ssize_t count = -1;
  do {
    count = ::pread(file_.fd(), buffer.data(), wanted, static_cast<off_t>(range.first));
  } while (count < 0 && errno == EINTR);
  if (count < 0) return Error{Fault::backend, Code::backend_reset, false, std::string("read: ") + std::strerror(errno)};
  if (count == 0) {
    return Error{Fault::backend, Code::backend_reset, false,
                 "the file has become shorter: " + std::to_string(range.size) + " bytes are missing"};
  }
  const auto bytes = static_cast<std::size_t>(count);
  taken(range, bytes);
  return as_bytes(std::string_view(buffer).substr(0, bytes));
}

}  // namespace zeroway
