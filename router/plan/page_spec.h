// A page that the router itself answers with, as the plan knows it.
//
// Owner: the plan; a value.   Thread: any; never changed.
// Not here: answering (router/backends/page_backend.h), pages for errors (router/plan/site.h: ErrorBody).
#pragma once
#include <cstdint>
#include <string>

namespace zeroway {

struct PageSpec {
  enum class Kind : std::uint8_t {
    document,  // `text`, which is JSON
    info,      // how the router is
  };

  Kind kind = Kind::document;
  std::string text;
  std::string cache_control;  // the field's value; "" = none
  bool any_origin = false;    // pages of every origin may read it

  bool operator==(const PageSpec&) const = default;
};

}  // namespace zeroway
