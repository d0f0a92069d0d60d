// The fields of a request, a reply, an interim reply or trailers, in order, pseudo-fields first as in HTTP/2.
//
// Owner: the caller; a value that keeps its memory across clear().   Thread: any, one at a time.
// Names are lower case by contract. Values are bytes. Fields stay in the order in which they came, repeated fields too.
// Not here: what a field means (router/exchange/header_rules.h), its encoding (proto/hpack.h).
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zeroway {

struct Field {
  std::string_view name;
  std::string_view value;
};

class Head {
 public:
  Head() = default;
  Head(std::initializer_list<Field> fields) {
    for (const Field& field : fields) add(field.name, field.value);
  }

  void add(std::string_view name, std::string_view value);
  // Replaces all fields of this name by one field at the place of the first. Without such a field, adds one at the end.
  void set(std::string_view name, std::string_view value);
  // Removes all fields of this name and returns how many there were.
  std::size_t remove(std::string_view name);
  void clear();

  // The first field of this name. The view is good until the head is changed.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return find(name).has_value(); }
  [[nodiscard]] std::size_t count(std::string_view name) const;

  [[nodiscard]] std::size_t size() const { return spans_.size(); }
  [[nodiscard]] bool is_empty() const { return spans_.empty(); }
  [[nodiscard]] Field operator[](std::size_t index) const {
    const Span& span = spans_[index];
    return {{text_.data() + span.name, span.name_size}, {text_.data() + span.value, span.value_size}};
  }
  // name + value + 32 for each field (RFC 9113 §6.5.2).
  [[nodiscard]] std::size_t list_size() const { return text_size_ + 32 * spans_.size(); }

  // Each is empty when the field is absent.
  [[nodiscard]] std::string_view method() const { return find(":method").value_or(std::string_view{}); }
  [[nodiscard]] std::string_view path() const { return find(":path").value_or(std::string_view{}); }
  [[nodiscard]] std::string_view authority() const { return find(":authority").value_or(std::string_view{}); }
  // 100 to 999, or 0 when `:status` is absent or not three digits.
  [[nodiscard]] int status() const;

  class Iterator {
   public:
    Iterator(const Head& head, std::size_t index) : head_(&head), index_(index) {}
    Field operator*() const { return (*head_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return index_ != other.index_; }

   private:
    const Head* head_;
    std::size_t index_;
  };
  [[nodiscard]] Iterator begin() const { return {*this, 0}; }
  [[nodiscard]] Iterator end() const { return {*this, size()}; }

 private:
  struct Span {
    std::uint32_t name, name_size, value, value_size;
  };
  std::string text_;  // names and values end to end; removed fields stay as holes until clear()
  std::vector<Span> spans_;
  std::size_t text_size_ = 0;  // without the holes
};

}  // namespace zeroway
