// Adds the keys of one table to the description: a key's name, what fits, the member that it sets, its help.
//
// Owner: describe_file().   Thread: any.
// The default that the help shows is the member's own in a new S: it is written once, in the struct.
// `at` is a pointer to a member of S, or a function from S& to what is set.
// A key can be an option of the command line, too: then both read their values by the same function.
// Not here: which keys there are (settings/description.cpp), reading a table (settings/table_reader.h).
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "router/settings/sites.h"
#include "router/settings/table.h"
#include "router/settings/values.h"

namespace zeroway {

using Check = bool (*)(const std::string& text);

[[nodiscard]] Fit read_texts(const Value& value, Check check, const std::string& wants,
                             std::vector<std::string>& target);
// A list of paths; relative ones are relative to the folder of the configuration file.
[[nodiscard]] Fit read_paths(const Value& value, std::vector<std::string>& target);
// A table of texts. A field that is there already gets the new value.
[[nodiscard]] Fit read_fields(const Value& value, std::vector<FieldRule>& target);
// A list of names, or a table of names with true.
[[nodiscard]] Fit read_field_names(const Value& value, std::vector<std::string>& target);

[[nodiscard]] inline bool is_any(const std::string&) { return true; }
[[nodiscard]] inline bool is_some(const std::string& text) { return !text.empty(); }

enum class Zero : std::uint8_t { refused, is_off };

// An S with all defaults.
template <class S>
[[nodiscard]] S usual_of() {
  return {};
}

template <class S>
class Keys {
 public:
  explicit Keys(Table& table) : table_(table), usual_(usual_of<S>()) {}

  template <class At>
  Keys& flag(const char* name, At at, const char* help) {
    return add(name, "true|false", "true or false", show_flag(std::invoke(at, usual_)), "", help,
               [at](S& target, const Value& value) {
                 const auto taken = take_flag(value);
                 if (taken.value) std::invoke(at, target) = *taken.value;
                 return taken.fit;
               });
  }

  template <class At>
  Keys& number(const char* name, At at, std::uint64_t least, std::uint64_t most, const char* help) {
    using Number = std::remove_reference_t<std::invoke_result_t<At, S&>>;
    const std::string wants = "a number from " + std::to_string(least) + " to " + std::to_string(most);
    const auto usual = std::invoke(at, usual_);
    const bool has_usual = usual >= least;
    return add(name, "N", wants, has_usual ? std::to_string(usual) : "", std::to_string(least), help,
               [at, least, most](S& target, const Value& value) {
                 const auto taken = take_number(value);
                 if (!taken.value) return taken.fit;
                 if (*taken.value < least || *taken.value > most) return Fit::no;
                 std::invoke(at, target) = static_cast<Number>(*taken.value);
                 return Fit::yes;
               });
  }

  template <class At>
  Keys& time(const char* name, At at, Millis least, Zero zero, const char* help) {
    const std::string wants = std::string(zero == Zero::is_off ? "0, or " : "") + "a time from " +
                              show_time_bare(least) +
                              " to 3650d, as \"500ms\", \"5s\", \"1m\", \"2h\"; a plain number is seconds";
    return add(name, "TIME", wants, show_time(std::invoke(at, usual_)), "", help,
               [at, least, zero](S& target, const Value& value) {
                 const auto taken = take_time(value);
                 if (!taken.value) return taken.fit;
                 const bool is_off = *taken.value == Millis(0) && zero == Zero::is_off;
                 if (*taken.value < least && !is_off) return Fit::no;
                 std::invoke(at, target) = *taken.value;
                 return Fit::yes;
               });
  }

  template <class At>
  Keys& size(const char* name, At at, std::uint64_t least, std::uint64_t most, const char* help) {
    using Size = std::remove_reference_t<std::invoke_result_t<At, S&>>;
    const std::string wants = "a size from " + std::to_string(least) + " to " + std::to_string(most) +
                              " bytes, as 65536, \"64KiB\", \"1m\", \"2GiB\"";
    return add(name, "SIZE", wants, show_size(std::invoke(at, usual_)), "", help,
               [at, least, most](S& target, const Value& value) {
                 const auto taken = take_size(value);
                 if (!taken.value) return taken.fit;
                 if (*taken.value < least || *taken.value > most) return Fit::no;
                 std::invoke(at, target) = static_cast<Size>(*taken.value);
                 return Fit::yes;
               });
  }

  // `also` are further words for a choice, which only errors and the help leave out.
  template <class At, class Choice>
  Keys& choice(const char* name, At at, const std::vector<std::pair<std::string, Choice>>& choices, const char* help,
               const std::vector<std::pair<std::string, Choice>>& also = {}) {
    std::string all, usual;
    std::vector<std::string> words;
    for (const auto& [word, meant] : choices) {
      all += (all.empty() ? "" : ", ") + word;
      words.push_back(word);
      if (meant == std::invoke(at, usual_)) usual = show_text(word);
    }
    auto every = choices;
    every.insert(every.end(), also.begin(), also.end());
    add(name, "WORD", "one of " + all, usual, "", help, [at, every](S& target, const Value& value) {
      const auto taken = take_text(value);
      if (!taken.value) return taken.fit;
      for (const auto& [word, meant] : every) {
        if (word != *taken.value) continue;
        std::invoke(at, target) = meant;
        return Fit::yes;
      }
      return Fit::no;
    });
    table_.keys.back().words = std::move(words);
    return *this;
  }

  template <class At>
  Keys& text(const char* name, At at, Check check, const std::string& wants, const std::string& sample,
             const char* help, Reading::Dollars dollars = Reading::Dollars::unescape) {
    return add(name, "TEXT", wants, show_usual(std::invoke(at, usual_)), show_text(sample), help,
               [at, check, dollars](S& target, const Value& value) {
                 auto taken = take_text(value, dollars);
                 if (!taken.value) return taken.fit;
                 if (!check(*taken.value)) return Fit::no;
                 std::invoke(at, target) = std::move(*taken.value);
                 return Fit::yes;
               });
  }

  // A file or a folder; relative to the folder of the configuration file.
  template <class At>
  Keys& path(const char* name, At at, const std::string& sample, const char* help, Check check = is_some,
             const std::string& wants = "a path") {
    return add(name, "PATH", wants, show_usual(std::invoke(at, usual_)), show_text(sample), help,
               [at, check](S& target, const Value& value) {
                 auto taken = take_text(value);
                 if (!taken.value) return taken.fit;
                 if (!check(*taken.value)) return Fit::no;
                 std::invoke(at, target) = value.reading.resolve(*taken.value);
                 return Fit::yes;
               });
  }

  // `check` and `wants` are about one text of the list.
  template <class At>
  Keys& list(const char* name, At at, Check check, const std::string& wants, const std::string& sample,
             const char* help) {
    const auto& usual = std::invoke(at, usual_);
    return add(name, "[TEXT, …]", "a list; each of it: " + wants, usual.empty() ? "" : show_list(usual), sample, help,
               [at, check, wants](S& target, const Value& value) {
                 return read_texts(value, check, wants, std::invoke(at, target));
               });
  }

  template <class At>
  Keys& fields(const char* name, At at, const std::string& sample, const char* help) {
    std::string usual;
    for (const FieldRule& rule : std::invoke(at, usual_)) {
      usual += (usual.empty() ? "{ " : ", ") + show_text(rule.name) + " = " + show_text(rule.value);
    }
    return add(name, "{ FIELD = TEXT, … }", "a table of field names and texts", usual.empty() ? "" : usual + " }",
               sample, help,
               [at](S& target, const Value& value) { return read_fields(value, std::invoke(at, target)); });
  }

  template <class At>
  Keys& field_names(const char* name, At at, const std::string& sample, const char* help) {
    return add(name, "[FIELD, …]", "a list of field names, or a table of field names with true", "", sample, help,
               [at](S& target, const Value& value) { return read_field_names(value, std::invoke(at, target)); });
  }

  // `read` is a Fit(S&, const Value&).
  template <class Read>
  Keys& other(const char* name, const char* kind, const std::string& wants, const std::string& usual,
              const std::string& sample, const char* help, Read read) {
    return add(name, kind, wants, usual, sample, help, read);
  }

  // The command line says the key that was added last, too. `kind`: what its help calls the word.
  Keys& option(const char* group, const char* names, const char* kind = "") {
    Key& key = table_.keys.back();
    key.option = {group, names, *kind == '\0' ? key.kind : kind, key.help, true};
    return *this;
  }
  // The same for a flag, as an option without a word that sets `value`.
  Keys& flag_option(const char* group, const char* names, bool value, const char* help) {
    table_.keys.back().option = {group, names, "", help, value};
    return *this;
  }

  // The words among which an error about the key that was added last finds the word that was perhaps meant.
  Keys& words(std::vector<std::string> words) {
    table_.keys.back().words = std::move(words);
    return *this;
  }
  // The key that was added last must be there.
  Keys& required() {
    table_.keys.back().is_required = true;
    return *this;
  }
  // The example has the key that was added last with this value.
  Keys& sample(const char* text) {
    table_.keys.back().sample = text;
    table_.keys.back().is_shown = true;
    return *this;
  }
  Keys& idle(const char* name, const char* reason) {
    table_.idle.push_back({name, reason});
    return *this;
  }
  // Keeps the places of the keys in S::located.
  Keys& located() {
    table_.located = [](void* target) { return &static_cast<S*>(target)->located; };
    return *this;
  }

  // `at` leads from S& to the struct of the table; `fill` adds its keys.
  template <class At, class Fill>
  Keys& table(const char* name, At at, const char* help, Fill fill) {
    using Child = std::remove_reference_t<std::invoke_result_t<At, S&>>;
    Table& child = add_table(name, help, Table::Times::once);
    child.enter = [at](void* parent) -> void* { return &std::invoke(at, *static_cast<S*>(parent)); };
    Keys<Child> keys(child);
    fill(keys);
    return *this;
  }
  // `at` leads to a std::optional, which the table's presence fills.
  template <class At, class Fill>
  Keys& optional_table(const char* name, At at, const char* help, Fill fill) {
    using Child = typename std::remove_reference_t<std::invoke_result_t<At, S&>>::value_type;
    return optional_table(
        name, at, [](const S&) { return Child{}; }, help, fill);
  }
  // The same; `begin` is a Child(const S&): how it is before its keys are read.
  template <class At, class Begin, class Fill>
  Keys& optional_table(const char* name, At at, Begin begin, const char* help, Fill fill) {
    using Child = typename std::remove_reference_t<std::invoke_result_t<At, S&>>::value_type;
    Table& child = add_table(name, help, Table::Times::optional);
    child.enter = [at, begin](void* parent) -> void* {
      S& target = *static_cast<S*>(parent);
      return &std::invoke(at, target).emplace(begin(target));
    };
    Keys<Child> keys(child);
    fill(keys);
    return *this;
  }
  // The presence of the table that was added last says something: the example has it as a comment.
  Keys& optional() {
    table_.tables.back().times = Table::Times::optional;
    return *this;
  }
  // A value may stand in the place of the table that was added last. `read` is a Fit(S&, const Value&).
  template <class Read>
  Keys& or_short(Read read) {
    table_.tables.back().read_short = [read](void* parent, const Value& value) {
      return read(*static_cast<S*>(parent), value);
    };
    return *this;
  }
  // `begin` is a Child(const S&): how an entry is before its keys are read.
  template <class At, class Begin, class Fill>
  Keys& tables(const char* name, At at, Begin begin, const char* help, Fill fill) {
    using Child = typename std::remove_reference_t<std::invoke_result_t<At, S&>>::value_type;
    Table& child = add_table(name, help, Table::Times::repeated);
    child.enter = [at, begin](void* parent) -> void* {
      S& target = *static_cast<S*>(parent);
      Child entry = begin(target);
      return &std::invoke(at, target).emplace_back(std::move(entry));
    };
    Keys<Child> keys(child);
    fill(keys);
    return *this;
  }

 private:
  static std::string show_usual(const std::string& text) { return text.empty() ? "" : show_text(text); }
  static std::string show_usual(const std::optional<std::string>& text) { return text ? show_text(*text) : ""; }

  Table& add_table(const char* name, const char* help, Table::Times times) {
    Table& child = table_.tables.emplace_back();
    child.name = name;
    child.help = help;
    child.times = times;
    return child;
  }

  template <class Read>
  Keys& add(const char* name, const char* kind, const std::string& wants, const std::string& usual,
            const std::string& sample, const char* help, Read read) {
    Key& key = table_.keys.emplace_back();
    key.name = name;
    key.kind = kind;
    key.wants = wants;
    key.usual = usual;
    key.sample = sample;
    key.help = help;
    key.read = [read](void* target, const Value& value) { return read(*static_cast<S*>(target), value); };
    return *this;
  }

  Table& table_;
  S usual_;
};

}  // namespace zeroway
