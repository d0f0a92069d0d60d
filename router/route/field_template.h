// The value of a field with variables in it: "$scheme://$host" for each request anew.
//
// Owner: whoever has the rule; immutable.   Thread: any.
// Not here: patterns and "$1" (route/rewrite_pattern.h); which field gets the value; making a request's id.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proto/error.h"

namespace zeroway {

// What the variables stand for in one request; "" where nothing is known.
struct FieldValues {
  std::string_view remote_addr = {};  // the client's address, without its port
  std::string_view host = {};
  std::string_view scheme = {};  // "http" or "https"
  std::string_view request_id = {};
  std::string_view method = {};
  std::string_view path = {};   // canonical, without the query
  std::string_view query = {};  // without its '?'
  std::string_view site = {};
  std::string_view backend = {};  // name of the pool that answers
  std::string_view tls_version = {};
};

using FieldVariable = std::string_view FieldValues::*;

// The variable of this name, without its '$'; null when there is none.
[[nodiscard]] FieldVariable find_variable(std::string_view name);
// How long the variable's name is that `text` begins with.
[[nodiscard]] std::size_t variable_size(std::string_view text);
// "$remote_addr, $host, …": for errors.
[[nodiscard]] std::string variable_names();

class FieldTemplate {
 public:
  // "$$" is a dollar; a variable's name ends at the first character that is not a letter, a digit or '_'. Errors are
  // an unknown variable, a '$' without a name, and a control character; the detail names it and what fits.
  [[nodiscard]] static Result<FieldTemplate> read(std::string_view text);

  // Appends the value to `out`. Control characters in a variable are left out, so that no request can end the field
  // and begin another one. Allocates only when `out` must grow.
  void write(const FieldValues& values, std::string& out) const;

  // No variable in it: each request has the same value.
  [[nodiscard]] bool is_constant() const;

 private:
  // A literal, then a variable.
  struct Piece {
    std::string literal;
    FieldVariable variable = nullptr;  // nullptr = none: the last piece
  };

  std::vector<Piece> pieces_;
};

}  // namespace zeroway
