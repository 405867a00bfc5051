// SPDX-License-Identifier: MIT
#include "summarize/agreement.h"

#include <gtest/gtest.h>

namespace screenalytics {
namespace {

using People = std::vector<std::vector<TimeSpan>>;

TimeSpan span(double start, double end) {
  return {Timestamp::from_seconds(start), Timestamp::from_seconds(end)};
}

TEST(Agreement, IsTheShareOfTimeThatBothGiveToOnePerson) {
  const People a{{span(0, 10)}, {span(20, 24), span(30, 36)}};
  EXPECT_DOUBLE_EQ(agreement(a, a), 1);
  EXPECT_DOUBLE_EQ(agreement(a, {a[1], a[0]}), 1) << "in any order";
  EXPECT_DOUBLE_EQ(agreement(a, {{span(0, 5)}, a[1]}), 2 * 15.0 / 35);
  EXPECT_DOUBLE_EQ(agreement(a, {a[0]}), 2 * 10.0 / 30) << "somebody is missing";
  EXPECT_DOUBLE_EQ(agreement(a, {{span(0, 10), span(20, 24), span(30, 36)}}), 2 * 10.0 / 40)
      << "two people taken for one";
  EXPECT_DOUBLE_EQ(agreement(a, {a[0], {span(20, 24)}, {span(30, 36)}}), 2 * 16.0 / 40)
      << "one person taken for two";
}

TEST(Agreement, OfNobody) {
  EXPECT_DOUBLE_EQ(agreement({}, {}), 1);
  EXPECT_DOUBLE_EQ(agreement({{span(0, 1)}}, {}), 0);
  EXPECT_DOUBLE_EQ(agreement({{span(0, 1)}}, {{span(2, 3)}}), 0);
}

}  // namespace
}  // namespace screenalytics
