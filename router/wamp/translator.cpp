#include "router/wamp/translator.h"

#include "router/wamp/cbor_reader.h"
#include "router/wamp/json_reader.h"
#include "router/wamp/msgpack_reader.h"

namespace zeroway {

MaybeValueError read_value(Serializer from, Bytes message, ValueSink& to) {
  switch (from) {
    case Serializer::json:
      return read_json(message, to);
    case Serializer::msgpack:
      return read_msgpack(message, to);
    case Serializer::cbor:
      break;
  }
  return read_cbor(message, to);
}

MaybeValueError Translator::translate(Serializer from, Serializer to, Bytes message, std::size_t most,
                                      std::string& out) {
  const std::size_t before = out.size();
  ValueWriter& writer = writer_of(to);
  writer.begin(out, most);
  watch_.begin(writer);
  MaybeValueError error = read_value(from, message, watch_);
  if (!error && !writer.finish()) error = writer.error();
  if (error) out.resize(before);
  return error;
}

ValueWriter& Translator::writer_of(Serializer serializer) {
  switch (serializer) {
    case Serializer::json:
      return json_;
    case Serializer::msgpack:
      return msgpack_;
    case Serializer::cbor:
      break;
  }
  return cbor_;
}

}  // namespace zeroway
