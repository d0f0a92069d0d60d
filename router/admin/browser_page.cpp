#include "router/admin/browser_page.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cassert>

#include "proto/ascii.h"
#include "proto/weighted_list.h"
#include "router/admin/embedded.h"

namespace zeroway {

namespace {

constexpr std::string_view kStyleBegin = "<style>", kStyleEnd = "</style>";
constexpr std::string_view kScriptBegin = "<script type=\"module\">", kScriptEnd = "</script>";

// As a policy names it (CSP 3 §2.3.1): the hash of what is between the tags.
std::string hash_of(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  [[maybe_unused]] const int is_done =
      EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  assert(is_done == 1);
  std::string base64((size + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock ends it with a zero
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()), digest.data(), static_cast<int>(size));
  base64.pop_back();
  return "'sha256-" + base64 + "'";
}

void put_between(std::string& text, std::string_view begin, std::string_view end, std::string_view what) {
  const std::size_t at = text.find(std::string(begin) + std::string(end));
  assert(at != std::string::npos);
  text.insert(at + begin.size(), what);
}

// Trusted types: no text becomes markup or script in any way.
std::string policy_of(std::string_view style, std::string_view script) {
  return "default-src 'none'; script-src " + hash_of(script) + "; style-src " + hash_of(style) +
         "; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
         "require-trusted-types-for 'script'; trusted-types 'none'";
}

}  // namespace

BrowserPage join_page(std::string_view html, std::string_view style, std::span<const std::string_view> scripts) {
  std::string script;
  for (const std::string_view one : scripts) script += one;
  BrowserPage page{.text = std::string(html), .policy = policy_of(style, script)};
  put_between(page.text, kStyleBegin, kStyleEnd, style);
  put_between(page.text, kScriptBegin, kScriptEnd, script);
  return page;
}

// A script uses names of those before it.
const BrowserPage& browser_page() {
  static const BrowserPage kPage = [] {
    const std::array scripts{kPageText,      kPageElement,      kPageDialogs,     kPageRouter,       kPageContact,
                             kPageEventFeed, kPageHistory,      kPageChart,       kPageTraffic,      kPageLists,
                             kPageTable,     kPageFlow,         kPageFlowPicture, kPageMembers,      kPageRequests,
                             kPageStreams,   kPageWampSessions, kPageCircuits,    kPageCertificates, kPageExplain,
                             kPageEventList, kPageLogLevel,     kPageStart};
    return join_page(kPageHtml, kPageCss, scripts);
  }();
  return kPage;
}

bool prefers_html(std::string_view accept) {
  int html = 0, json = 0;
  while (!accept.empty()) {
    const WeightedName type = take_weighted(accept);
    if (is_same_word(type.name, "text/html")) html = type.weight;
    if (is_same_word(type.name, "application/json")) json = type.weight;
  }
  return html > json;
}

}  // namespace zeroway
