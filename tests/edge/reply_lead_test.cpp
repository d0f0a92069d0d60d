#include "router/edge/reply_lead.h"

#include <doctest/doctest.h>

#include <array>

using namespace zeroway;

namespace {

constexpr std::uint32_t kFirst = kFirstReplyWindow;

// All of it at once: said, written, credited.
std::uint32_t pass(ReplyLead& lead, LeadBudget& budget, std::uint32_t bytes, Drained connection = Drained::yes) {
  lead.said(bytes);
  lead.written(bytes);
  return lead.credit(connection, budget);
}

}  // namespace

TEST_CASE("reply lead: a reply within the first window is credited what it said and no more") {
  LeadBudget budget;
  ReplyLead lead;
  CHECK(pass(lead, budget, 1'000) == 1'000);
  CHECK(pass(lead, budget, kFirst - 1'001) == kFirst - 1'001);
  CHECK(budget.left() == kSharedLead);
}

TEST_CASE("reply lead: a reply that runs dry may be as far ahead again, up to the stream's window") {
  LeadBudget budget;
  ReplyLead lead;
  CHECK(pass(lead, budget, kFirst) == 2 * kFirst);
  CHECK(pass(lead, budget, 2 * kFirst) == 4 * kFirst);
  CHECK(pass(lead, budget, 4 * kFirst) == 4 * kFirst);
  CHECK(budget.left() == 0);
}

TEST_CASE("reply lead: what the client has not taken, and a connection that has not sent all, let nothing grow") {
  LeadBudget budget;
  ReplyLead lead;
  lead.said(kFirst);
  CHECK(lead.credit(Drained::yes, budget) == 0);
  lead.written(kFirst - 1);
  CHECK(lead.credit(Drained::yes, budget) == kFirst - 1);
  lead.said(kFirst - 1);
  lead.written(kFirst - 1);
  CHECK(lead.credit(Drained::yes, budget) == kFirst - 1);
  lead.written(1);
  CHECK(lead.credit(Drained::no, budget) == 1);
  CHECK(budget.left() == kSharedLead);
}

TEST_CASE("reply lead: all replies of a connection share what is beyond their first windows") {
  LeadBudget budget;
  std::array<ReplyLead, 100> leads;
  std::uint64_t beyond = 0;
  for (ReplyLead& lead : leads) beyond += pass(lead, budget, kFirst) - kFirst;
  CHECK(beyond == kSharedLead);
  CHECK(pass(leads[99], budget, kFirst) == kFirst);
}

TEST_CASE("reply lead: a reply that ends gives its share to the others") {
  LeadBudget budget;
  ReplyLead first;
  ReplyLead second;
  CHECK(pass(first, budget, kFirst) == 2 * kFirst);
  CHECK(pass(first, budget, 2 * kFirst) == 4 * kFirst);
  CHECK(pass(second, budget, kFirst) == kFirst);
  first.end(budget);
  CHECK(budget.left() == kSharedLead);
  CHECK(pass(second, budget, kFirst) == 2 * kFirst);
  CHECK(pass(first, budget, 1'000) == 1'000);  // as new
}
