// What a browser sees at a path of WAMP: what this is, and how a client speaks to it.
//
// Owner: nobody; a free function.   Thread: any.
// The same for everybody: nothing of the request is in it, and it leads nowhere.
#pragma once
#include "proto/serializer.h"
#include "router/backends/page_backend.h"

namespace zeroway {

[[nodiscard]] Page status_page(SerializerSet serializers);

}  // namespace zeroway
