#include "router/admin/admin_request.h"

#include "proto/reason_phrase.h"
#include "router/admin/json_text.h"

namespace zeroway {

AdminReply admin_error(int status, std::string_view detail) {
  JsonText body;
  body.object().member("status", status).member("title", reason_phrase(status)).member("detail", detail).end_object();
  return {.status = status, .type = "application/problem+json", .body = body.take()};
}

}  // namespace zeroway
