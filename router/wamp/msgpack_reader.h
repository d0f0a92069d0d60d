// Reads a value in MessagePack (github.com/msgpack/msgpack, spec.md), strictly: strings are UTF-8.
//
// Owner: nobody; a free function.   Thread: any.
// Integer keys are said as decimal text, as JSON writes them; other keys that are no text, and extensions, are
// inexpressible. Not here: keys that a map has twice (value_writer.h).
#pragma once
#include "proto/bytes.h"
#include "router/wamp/value_sink.h"

namespace zeroway {

// Says all of `message`, which is one value, to `to`. Otherwise what is wrong; `to` may have got a part of it.
[[nodiscard]] MaybeValueError read_msgpack(Bytes message, ValueSink& to);

}  // namespace zeroway
