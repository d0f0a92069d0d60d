// Tables of cases in text files: blocks of `key: value` lines, an empty line between blocks, # comments.
//
// Owner: nobody.   Thread: any.
// In a value \r \n \t \\ \xNN are escapes, and <<a*300>> is "a" three hundred times.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace zeroway::test {

struct CaseLine {
  std::string key;
  std::string value;
};

struct Case {
  std::string name;  // the first line's value; its key is "name"
  std::vector<CaseLine> lines;

  // All values of `key`, end to end and unescaped.
  [[nodiscard]] std::string joined(std::string_view key) const;
};

[[nodiscard]] std::vector<Case> read_cases(const std::string& file);  // below tests/cases; throws when it is not there
[[nodiscard]] std::string unescape(std::string_view text);
[[nodiscard]] std::string escape(std::string_view text);

}  // namespace zeroway::test
