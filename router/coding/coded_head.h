// What coding the bodies of replies means for heads: which replies may be coded, what their heads say then, and what
// the conditional fields of the next request mean to the backend.
//
// Owner: nobody; pure functions.   Thread: any.
// Not here: which coding a client likes (coding/choose_coding.h).
#pragma once
#include <cstdint>
#include <optional>

#include "proto/head.h"
#include "proto/stream_sink.h"
#include "router/coding/coder_kind.h"
#include "router/coding/coding_terms.h"

namespace zeroway {

enum class CodingVerdict : std::uint8_t {
  never,  // coding would break the reply, or there is nothing to code: it stays as it is
  small,  // a larger reply of the same kind would be coded
  fit,
};

// What a head says about the length of its body.
struct SaidLength {
  bool is_wrong = false;  // no number, or two fields: the exchange refuses such a reply
  std::optional<std::uint64_t> bytes{};
};
[[nodiscard]] SaidLength said_length(const Head& reply);

// `reply`: a final head. What is never coded: other statuses than those with a whole body (204, 205, 206, 304), a part
// of a body (Content-Range), a body that is coded already, one whose sender forbids it (Cache-Control: no-transform) or
// has signed its bytes (Content-Digest and its like), gRPC, and types that are not listed.
[[nodiscard]] CodingVerdict judge_reply(const Head& reply, Last last, const CodingTerms& terms);

// Whether the sender of this head forbids coding (RFC 9111 §5.2.1.6, §5.2.2.6).
[[nodiscard]] bool forbids_transform(const Head& head);
// Whether the request is a gRPC call, whose frames no coding may touch.
[[nodiscard]] bool is_grpc(const Head& head);

// Whether the reply is an event stream.
[[nodiscard]] BodyKind body_kind(const Head& reply);

// The reply depends on Accept-Encoding: says so in Vary, once.
void mark_varying(Head& reply);
// The body will be coded: names the coding, takes the length and ranges away, makes a strong entity tag weak (RFC 9110
// §8.8.1: bytes that differ are not the same strong representation).
void mark_coded(Head& reply, Coding coding);
// A strong entity tag becomes weak.
void weaken_tag(Head& head);

// Whether If-None-Match or If-Match lists a weak tag.
[[nodiscard]] bool lists_weak_tag(const Head& request);
// Adds the strong form of each weak tag to If-None-Match and If-Match: the tag that the client got may be one that
// weaken_tag() made, and the backend knows the strong one. Nobody else's tag matches by that: to If-None-Match both
// forms mean the same (RFC 9110 §13.1.2), and a backend whose own tag is weak never matches If-Match (§13.1.1).
void add_strong_tags(Head& request);

}  // namespace zeroway
