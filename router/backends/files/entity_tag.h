// The strong entity tag of one representation of a file (RFC 9110 §8.8.3).
//
// Owner: nobody; a pure function.   Thread: any.
// The tag is a hash: it tells nobody the inode. Two codings of one file are two representations, each with its own tag.
// Not here: comparing tags (files/conditions.h).
#pragma once
#include <string>

#include "router/backends/files/content_coding.h"
#include "router/backends/files/file_facts.h"

namespace zeroway {

// "\"0123456789abcdef\"", "\"0123456789abcdef-br\"". Made of time, size and inode; where the file has no date, of the
// kernel's time too: a new release of equal size would keep the tag.
[[nodiscard]] std::string entity_tag(const FileFacts& facts, Coding coding);

}  // namespace zeroway
