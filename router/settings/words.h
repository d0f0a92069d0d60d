// Whether a word of a configuration file is valid for its key: hosts, paths, methods, statuses.
//
// Owner: nobody; free functions.   Thread: any.
// Not here: words that options of the command line take, too (settings/checks.h).
#pragma once
#include <optional>
#include <string>

#include "router/settings/sites.h"

namespace zeroway {

inline constexpr const char* kHostForms = "a host, as www.example.com or *.example.com, or an address";
// A name of a host, "*." and one, or an address; at most 253 bytes, labels of letters, digits, '-' and '_'.
[[nodiscard]] bool is_site_host(const std::string& text);
// Begins with '/', without a query, a fragment, a space or a control character.
[[nodiscard]] bool is_path(const std::string& text);
[[nodiscard]] bool is_path_or_none(const std::string& text);
[[nodiscard]] bool is_method(const std::string& text);
// A name in a folder.
[[nodiscard]] bool is_file_name(const std::string& text);
// Where a redirect leads: a path, http:// or https://; may hold variables.
[[nodiscard]] bool is_redirect_target(const std::string& text);
[[nodiscard]] bool is_http_url(const std::string& text);
// "200", "2xx" or "200-399".
[[nodiscard]] std::optional<StatusRange> read_statuses(const std::string& text);
[[nodiscard]] std::string lower_case(std::string text);
// `fallback` and its like: below a folder, without "..".
[[nodiscard]] bool is_path_below(const std::string& text);

}  // namespace zeroway
