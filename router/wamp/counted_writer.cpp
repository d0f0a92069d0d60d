#include "router/wamp/counted_writer.h"

#include <array>

#include "proto/append_bytes.h"

namespace zeroway {

namespace {

// The bytes of a head, good as long as this is.
struct HeadBytes {
  explicit HeadBytes(const ItemHead& head) : size(std::size_t{1} + head.size) {
    bytes[0] = static_cast<char>(head.first);
    for (std::size_t i = 0; i < head.size; ++i)
      bytes[head.size - i] = static_cast<char>(head.number >> (8 * i) & 0xffU);
  }
  [[nodiscard]] std::string_view view() const { return {bytes.data(), size}; }

  std::array<char, 9> bytes;
  std::size_t size;
};

}  // namespace

bool CountedWriter::put_value(const ItemHead& head) {
  static_cast<void>(count_value());
  put_head(head);
  return is_small();
}

void CountedWriter::put_head(const ItemHead& head) {
  if (head.size == 0) {
    out().push_back(static_cast<char>(head.first));
  } else {
    out() += HeadBytes(head).view();
  }
}

bool CountedWriter::text(std::string_view utf8) {
  static_cast<void>(put_value(text_head(utf8.size())));
  append_bytes(out(), as_bytes(utf8));
  return is_small();
}

bool CountedWriter::binary(Bytes bytes) {
  static_cast<void>(put_value(binary_head(bytes.size())));
  append_bytes(out(), bytes);
  return is_small();
}

bool CountedWriter::begin_open(bool is_map) {
  static_cast<void>(count_value());
  open(is_map);
  out() += '\0';
  return is_small();
}

bool CountedWriter::key(std::string_view utf8) {
  begin_key();
  put_head(text_head(utf8.size()));
  append_bytes(out(), as_bytes(utf8));
  end_key();
  return is_small();
}

bool CountedWriter::end() {
  const Open ended = close();
  const HeadBytes head(ended.is_map ? map_head(ended.count) : list_head(ended.count));
  if (head.size == 1) {
    out()[ended.place] = head.bytes[0];
  } else {
    widen(ended.place, head.view());
  }
  return true;
}

}  // namespace zeroway
