// SPDX-License-Identifier: MIT
#include "report/co_presence.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace screenalytics {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ScreenTimeReport people(int count) {
  ScreenTimeReport time;
  for (int i = 0; i < count; ++i) {
    PersonRow p;
    p.name = fmt::format("P{}<", i);
    time.people.push_back(p);
  }
  return time;
}

size_t count_of(const std::string& text, const std::string& word) {
  size_t count = 0;
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

TEST(CoPresence, HasACellForEachWayToReadAPair) {
  ScreenTimeReport time = people(4);
  time.co_presence = {{0, 2, 125.4}, {0, 1, 7.5}, {1, 2, 0.01}};
  const std::string html = co_presence_html(time);
  EXPECT_EQ(count_of(html, ">2:05</td>"), 2U);
  EXPECT_EQ(count_of(html, ">7.5</td>"), 2U);
  EXPECT_EQ(count_of(html, "<th scope=\"row\">"), 3U) << "one is never with anybody";
  EXPECT_THAT(html, HasSubstr("title=\"P0&lt; and P2&lt;\""));
  EXPECT_THAT(html, Not(HasSubstr("more pairs")));
}

TEST(CoPresence, ListsThePairsThatHaveNoPlaceInTheTable) {
  ScreenTimeReport time = people(20);
  for (size_t i = 1; i < 20; ++i) time.co_presence.push_back({0, i, 30.0 - static_cast<double>(i)});
  const std::string html = co_presence_html(time);
  EXPECT_EQ(count_of(html, "<th scope=\"row\">"), 16U);
  EXPECT_THAT(html, HasSubstr("and 4 more pairs"));
  EXPECT_THAT(html, HasSubstr("<td>P0&lt;</td><td>P19&lt;</td><td class=\"n\">11.0</td>"));
}

TEST(CoPresence, IsLeftOutWhereNobodySharesTheScreen) {
  EXPECT_EQ(co_presence_html(people(3)), "");
}

}  // namespace
}  // namespace screenalytics
