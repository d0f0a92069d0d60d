// Reads a value in CBOR (RFC 8949), also of indefinite length and in wider forms than it needs; strings are UTF-8.
//
// Owner: nobody; a free function.   Thread: any.
// A tag is skipped and its content kept, but for big integers (§3.4.3); undefined is null. Integer keys are said as
// decimal text, as JSON writes them; other keys that are no text, and other simple values, are inexpressible.
// Not here: keys that a map has twice (value_writer.h).
#pragma once
#include "proto/bytes.h"
#include "router/wamp/value_sink.h"

namespace zeroway {

// Says all of `message`, which is one value, to `to`. Otherwise what is wrong; `to` may have got a part of it.
[[nodiscard]] MaybeValueError read_cbor(Bytes message, ValueSink& to);

}  // namespace zeroway
