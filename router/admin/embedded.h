// Files of this room that the build puts into the program (router/embed.cmake).
//
// Owner: nobody; constants.   Thread: any, from main() on.
#pragma once
#include <string_view>

namespace zeroway {

extern const std::string_view kOpenApiText;  // admin/openapi.json: describes /api/v1

// admin/page/: what admin/browser_page.h joins. kPageEventList is event_list.js, kPageStart is page.js.
extern const std::string_view kPageHtml, kPageCss;
extern const std::string_view kPageText;
extern const std::string_view kPageElement;
extern const std::string_view kPageDialogs;
extern const std::string_view kPageRouter;
extern const std::string_view kPageContact;
extern const std::string_view kPageEventFeed;
extern const std::string_view kPageHistory;
extern const std::string_view kPageChart;
extern const std::string_view kPageTraffic;
extern const std::string_view kPageLists;
extern const std::string_view kPageTable;
extern const std::string_view kPageFlow;
extern const std::string_view kPageFlowPicture;
extern const std::string_view kPageMembers;
extern const std::string_view kPageRequests;
extern const std::string_view kPageStreams;
extern const std::string_view kPageWampSessions;
extern const std::string_view kPageCircuits;
extern const std::string_view kPageCertificates;
extern const std::string_view kPageExplain;
extern const std::string_view kPageEventList;
extern const std::string_view kPageLogLevel;
extern const std::string_view kPageStart;

}  // namespace zeroway
