// Any Accept-Encoding, Vary and lists of entity tags: only a coding that the client names is chosen, Vary names
// Accept-Encoding in the end, and a list of tags begins with what the client sent.
#include <array>
#include <string>

#include "proto/ascii.h"
#include "router/coding/choose_coding.h"
#include "router/coding/coded_head.h"
#include "tests/fuzz/must.h"

using namespace zeroway;

namespace {

constexpr std::array kOrder{Coding::zstd, Coding::br, Coding::gzip, Coding::identity};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = to_lower(c);
  return out;
}

void check_choice(const std::string& accept) {
  const Coding chosen = choose_coding(Head{{"accept-encoding", accept}}, kOrder);
  const std::string all = lower(accept);
  must(chosen == Coding::identity || all.find(coding_name(chosen)) != std::string::npos ||
       all.find('*') != std::string::npos);
  must(choose_coding(Head{}, kOrder) == Coding::identity);
  // One more refusal of what was chosen: something else comes.
  if (chosen == Coding::identity) return;
  const Head refused{{"accept-encoding", accept}, {"accept-encoding", std::string(coding_name(chosen)) + ";q=0"}};
  must(choose_coding(refused, kOrder) != chosen);
}

void check_vary(const std::string& vary) {
  Head head{{"vary", vary}};
  mark_varying(head);
  const std::string once = lower(*head.find("vary"));
  must(once.find("accept-encoding") != std::string::npos || once.find('*') != std::string::npos);
  must(head.count("vary") == 1);
  mark_varying(head);
  must(lower(*head.find("vary")) == once);
}

void check_tags(const std::string& tags) {
  Head head{{"if-none-match", tags}, {"if-match", tags}};
  add_strong_tags(head);
  must(head.find("if-none-match")->starts_with(trimmed(tags).empty() ? "" : tags));
  must(head.find("if-match") == head.find("if-none-match"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check_choice(text);
  check_vary(text);
  check_tags(text);
  return 0;
}
