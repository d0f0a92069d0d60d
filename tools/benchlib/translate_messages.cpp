// Translates one WAMP message again and again, and prints the microseconds of the processor that one translation takes:
// the least of the means of short batches, so that other programs of the machine count little.
//
//     translate_messages WAY FROM TO BYTES SECONDS     WAY: zeroway or nlohmann (by a tree of values)
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string>

#include "router/wamp/translator.h"

using namespace zeroway;
using nlohmann::json;

namespace {

constexpr std::size_t kMost = 16 << 20;
constexpr int kBatch = 8;

// An EVENT with a list of records, as sensors or tables send them.
std::string message_of(std::size_t bytes) {
  std::string text = "[36,5512315355,4429313566,{},[";
  for (unsigned i = 0; i == 0 || text.size() + 60 < bytes; ++i) {
    const unsigned mixed = i * 2654435761U;
    if (i > 0) text += ',';
    text += "{\"id\":" + std::to_string(i) + ",\"name\":\"thing " + std::to_string(mixed % 9973) +
            "\",\"price\":" + std::to_string(mixed % 1000) + ".25,\"active\":true}";
  }
  return text + "]]";
}

std::string translated(Translator& translator, Serializer from, Serializer to, const std::string& message) {
  std::string out;
  if (const auto error = translator.translate(from, to, as_bytes(message), kMost, out)) std::exit(2);
  return out;
}

void by_tree(Serializer from, Serializer to, const std::string& message, std::string& out) {
  json value = from == Serializer::json      ? json::parse(message)
               : from == Serializer::msgpack ? json::from_msgpack(message)
                                             : json::from_cbor(message);
  if (to == Serializer::json) out = value.dump();
  if (to == Serializer::msgpack) json::to_msgpack(value, out);
  if (to == Serializer::cbor) json::to_cbor(value, out);
}

double seconds_of(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

template <class Translate>
double least_us(double seconds, Translate translate) {
  const double end = seconds_of(CLOCK_MONOTONIC) + seconds;
  double least = 1e9;
  do {
    const double begin = seconds_of(CLOCK_THREAD_CPUTIME_ID);
    for (int i = 0; i < kBatch; ++i) translate();
    least = std::min(least, (seconds_of(CLOCK_THREAD_CPUTIME_ID) - begin) / kBatch);
  } while (seconds_of(CLOCK_MONOTONIC) < end);
  return least * 1e6;
}

}  // namespace

int main(int count, char** words) {
  if (count != 6) return 2;
  const bool is_ours = std::string(words[1]) == "zeroway";
  const auto from = serializer_named(words[2]).value();
  const auto to = serializer_named(words[3]).value();
  Translator translator;
  const std::string message = translated(translator, Serializer::json, from, message_of(std::stoul(words[4])));
  std::string out;
  const double us = least_us(std::stod(words[5]), [&] {
    out.clear();
    if (!is_ours) return by_tree(from, to, message, out);
    if (translator.translate(from, to, as_bytes(message), kMost, out)) std::exit(2);
  });
  std::printf("%zu %.3f\n", message.size(), us);
}
