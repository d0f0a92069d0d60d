// Reads a value in JSON (RFC 8259), strictly, as WAMP uses it: a text that begins with U+0000 is base64 of binary.
//
// Owner: nobody; a free function.   Thread: any.
// A number with a point or an exponent is real, every other one an integer, of any size.
// Not here: keys that a map has twice (value_writer.h).
#pragma once
#include "proto/bytes.h"
#include "router/wamp/value_sink.h"

namespace zeroway {

// Says all of `message`, which is one value, to `to`. Otherwise what is wrong; `to` may have got a part of it.
[[nodiscard]] MaybeValueError read_json(Bytes message, ValueSink& to);

}  // namespace zeroway
