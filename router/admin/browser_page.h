// The management page: one text with its style and its scripts, and the policy that allows just these.
//
// Owner: nobody; the text is made once, when it is first asked for.   Thread: any.
// The files are in admin/page/. Not here: what the page shows, which it asks the API for (admin/admin_api.h).
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace zeroway {

struct BrowserPage {
  std::string text;
  std::string policy;  // Content-Security-Policy: nothing from elsewhere, and no style or script but those of `text`
};

// Puts the style and the scripts, in their order, where `html` has `<style></style>` and `<script
// type="module"></script>`.
[[nodiscard]] BrowserPage join_page(std::string_view html, std::string_view style,
                                    std::span<const std::string_view> scripts);

[[nodiscard]] const BrowserPage& browser_page();

// Whether a client with this Accept wants HTML more than JSON. "*/*" alone does not.
[[nodiscard]] bool prefers_html(std::string_view accept);

}  // namespace zeroway
