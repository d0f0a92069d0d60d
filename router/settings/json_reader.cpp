#include "router/settings/json_reader.h"

#include <cstddef>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "router/settings/limits.h"

namespace zeroway {

namespace {

using Json = nlohmann::json;

// Tells how far the parser has read: its events come without places.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::size_t* count) : at_(at), count_(count) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    ++*count_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  std::size_t* count_;
};

// Turns offsets that only grow into lines and columns.
class PlaceFinder {
 public:
  explicit PlaceFinder(std::string_view text) : text_(text) {}

  FilePlace at(std::size_t offset) {
    for (; at_ < offset && at_ < text_.size(); ++at_) {
      const auto byte = static_cast<unsigned char>(text_[at_]);
      if (byte == '\n') {
        place_ = {place_.line + 1, 1};
      } else if ((byte & 0xc0U) != 0x80U) {
        ++place_.column;  // not the inside of a UTF-8 sequence
      }
    }
    return place_;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  FilePlace place_{1, 1};
};

// Builds the tree. Each token begins behind the one before, its spaces, and the ',' or ':' between.
class Builder : public nlohmann::json_sax<Json> {
 public:
  Builder(std::string_view text, Reading& reading) : text_(text), reading_(reading), places_(text) {}

  std::size_t read_bytes = 0;  // as CountingIterator counts

  bool null() override { return add("null"); }
  bool boolean(bool flag) override {
    Node node;
    node.kind = Node::Kind::flag;
    node.flag = flag;
    return add(std::move(node));
  }
  bool number_integer(number_integer_t number) override {
    Node node;
    node.kind = Node::Kind::number;
    node.number = number;
    return add(std::move(node));
  }
  bool number_unsigned(number_unsigned_t number) override {
    if (number > static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max())) {
      return add(std::to_string(number));
    }
    return number_integer(static_cast<number_integer_t>(number));
  }
  bool number_float(number_float_t number, const string_t&) override {
    Node node;
    node.kind = Node::Kind::real;
    node.real = number;
    return add(std::move(node));
  }
  bool string(string_t& text) override {
    Node node;
    node.kind = Node::Kind::text;
    node.text = std::move(text);
    return add(std::move(node));
  }
  bool binary(binary_t&) override { return false; }  // never in a text
  bool start_object(std::size_t) override { return open(Node::Kind::table); }
  bool start_array(std::size_t) override { return open(Node::Kind::list); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    key_ = std::move(name);
    key_place_ = begin_of_token();
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
    note_error(error.what());
    return false;
  }

  [[nodiscard]] std::optional<Node> result() { return std::move(root_); }

 private:
  // nlohmann says: [json.exception.parse_error.101] parse error at line 1, column 2: syntax error while …
  void note_error(const std::string& said) {
    const auto colon = said.find(": ");
    const std::string why = colon == std::string::npos ? said : said.substr(colon + 2);
    reading_.error(begin_of_token(), "not JSON: " + why);
  }

  FilePlace begin_of_token() {
    const auto begin = text_.find_first_not_of(" \t\r\n,:", end_);
    // A number is known to be over only when the byte behind it was read.
    end_ = read_bytes;
    return places_.at(begin == std::string_view::npos ? text_.size() : begin);
  }

  bool add(const char* other) { return add(std::string(other)); }
  bool add(std::string other) {
    Node node;
    node.text = std::move(other);
    return add(std::move(node));
  }
  bool add(Node node) {
    const bool is_number = node.kind == Node::Kind::number || node.kind == Node::Kind::real ||
                           (node.kind == Node::Kind::other && node.text != "null");
    place(node);
    if (is_number && end_ > 0 && end_ <= text_.size() && is_behind_number(text_[end_ - 1])) --end_;
    put(std::move(node));
    return true;
  }
  static bool is_behind_number(char c) {
    return c == ',' || c == ']' || c == '}' || c == ' ' || c == '\n' || c == '\t' || c == '\r';
  }

  bool open(Node::Kind kind) {
    Node node;
    node.kind = kind;
    place(node);
    if (open_.size() < kDeepestJson) {
      open_.push_back(std::move(node));
      return true;
    }
    reading_.error(node.place, "more than " + std::to_string(kDeepestJson) + " values in one another");
    return false;
  }
  bool close() {
    begin_of_token();
    Node node = std::move(open_.back());
    open_.pop_back();
    put(std::move(node));
    return true;
  }

  void place(Node& node) {
    node.place = begin_of_token();
    node.key = std::exchange(key_, {});
    node.key_place = key_place_;
  }

  void put(Node node) {
    if (open_.empty()) return void(root_ = std::move(node));
    Node& parent = open_.back();
    const Node* first = parent.kind == Node::Kind::table ? parent.find(node.key) : nullptr;
    if (!first) return parent.children.push_back(std::move(node));
    reading_.error(node.key_place, "key " + node.key + " is there twice; the first is at " +
                                       std::to_string(first->key_place.line) + ":" +
                                       std::to_string(first->key_place.column));
  }

  std::string_view text_;
  Reading& reading_;
  PlaceFinder places_;
  std::size_t end_ = 0;  // of the token before
  std::string key_;
  FilePlace key_place_;
  std::vector<Node> open_;
  std::optional<Node> root_;
};

}  // namespace

std::optional<Node> read_json(std::string_view text, Reading& reading) {
  Builder builder(text, reading);
  const CountingIterator first(text.data(), &builder.read_bytes);
  const CountingIterator last(text.data() + text.size(), &builder.read_bytes);
  const bool is_good = Json::sax_parse(first, last, &builder);
  return is_good ? builder.result() : std::nullopt;
}

}  // namespace zeroway
