// The names in an archive that may become files below a folder.
//
// Owner: nobody; pure functions.   Thread: any.
// An archive is made by somebody else: a name in it must lead nowhere but below the folder.
// Not here: reading archives (archive/unpack.h), paths of requests (files/file_name.h).
#pragma once
#include <string>
#include <string_view>

namespace zeroway {

// What is wrong with the name of a member; "" when it may be a file or, with '/' at its end, a folder.
[[nodiscard]] std::string fault_of_member(std::string_view name);
// Whether the member is a folder.
[[nodiscard]] inline bool is_folder_name(std::string_view name) { return name.ends_with('/'); }

}  // namespace zeroway
