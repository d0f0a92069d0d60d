// Files of this room that the build puts into the program (router/embed.cmake).
//
// Owner: nobody; constants.   Thread: any, from main() on.
#pragma once
#include <string_view>

namespace zeroway {

extern const std::string_view kOpenApiText;  // admin/openapi.json: describes /api/v1

}  // namespace zeroway
