// Header and trailer fields, as the handlers see them.
//
// Names are in lower case. Values are bytes. Fields stand in the order they came, repeats are kept (RFC 9110 §5.3).
// Both classes here are views: they own nothing and are good as long as the request (or the call) that they belong to.
#pragma once
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace zeroway {

class Head;  // the SDK's own

// One field. To give several: {{"link", "</a.css>; rel=preload"}, {"link", "</b.css>; rel=preload"}}.
struct FieldView {
  std::string_view name;
  std::string_view value;
};

using FieldInit = std::initializer_list<FieldView>;

// A list of fields in the order they came, without the pseudo-fields (for those call request.method() and so on). A
// copy costs as much as a pointer. Iterate with `for (zeroway::FieldView field : request.fields())`.
class FieldsView {
 public:
  FieldsView() = default;

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  // `index` is 0 … size() - 1.
  [[nodiscard]] FieldView operator[](std::size_t index) const;
  // The value of the first field of this name (in lower case); nothing when there is no such field.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  // How many fields have this name (in lower case).
  [[nodiscard]] std::size_t count(std::string_view name) const;

  class Iterator {
   public:
    Iterator(const FieldsView& list, std::size_t index) : list_(&list), index_(index) {}
    FieldView operator*() const { return (*list_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return index_ != other.index_; }

   private:
    const FieldsView* list_;
    std::size_t index_;
  };
  // Good as long as this view object is.
  [[nodiscard]] Iterator begin() const { return {*this, 0}; }
  [[nodiscard]] Iterator end() const { return {*this, size_}; }

  // For the SDK: the fields of `head` from `first` on.
  FieldsView(const Head& head, std::size_t first);

 private:
  const Head* head_ = nullptr;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace zeroway
