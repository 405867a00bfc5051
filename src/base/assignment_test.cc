// SPDX-License-Identifier: MIT
#include "base/assignment.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>

namespace screenalytics {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What the contract minimises, by trying every order of the columns.
double best_by_trying(const std::vector<float>& cost, int rows, int cols, double max_cost) {
  std::vector<int> order(static_cast<size_t>(std::max(rows, cols)));
  std::iota(order.begin(), order.end(), 0);
  double best = std::numeric_limits<double>::infinity();
  do {
    double sum = 0;
    for (int r = 0; r < rows; ++r) {
      const int c = order[static_cast<size_t>(r)];
      if (c >= cols) continue;
      const double one = static_cast<double>(cost[static_cast<size_t>(r * cols + c)]);
      sum += std::min(0.0, one - max_cost);
    }
    best = std::min(best, sum);
  } while (std::next_permutation(order.begin(), order.end()));
  return best;
}

double value_of(const std::vector<int>& column, const std::vector<float>& cost, int cols,
                double max_cost) {
  double sum = 0;
  for (size_t r = 0; r < column.size(); ++r) {
    if (column[r] < 0) continue;
    sum +=
        static_cast<double>(cost[r * static_cast<size_t>(cols) + static_cast<size_t>(column[r])]) -
        max_cost;
  }
  return sum;
}

TEST(Assignment, GivesUpTheCheapestPairWhereTheSumIsLowerWithoutIt) {
  // Greedy takes 1 + 10; the optimum is 2 + 3.
  EXPECT_THAT(solve_assignment({1, 2, 3, 10}, 2, 2, 100), ElementsAre(1, 0));
}

TEST(Assignment, SolvesThreeByThreeAsByHand) {
  EXPECT_THAT(solve_assignment({4, 1, 3, 2, 0, 5, 3, 2, 2}, 3, 3, 100), ElementsAre(1, 0, 2));
}

TEST(Assignment, LeavesTheWorseRowsAloneWhereThereAreMoreRowsThanColumns) {
  EXPECT_THAT(solve_assignment({5, 1, 3}, 3, 1, 100), ElementsAre(-1, 0, -1));
}

TEST(Assignment, LeavesTheWorseColumnsAloneWhereThereAreMoreColumnsThanRows) {
  EXPECT_THAT(solve_assignment({5, 1, 3}, 1, 3, 100), ElementsAre(1));
}

TEST(Assignment, NeverMakesAPairOverTheLimit) {
  EXPECT_THAT(solve_assignment({0.9f, 0.2f, 0.8f, 0.95f}, 2, 2, 0.85f), ElementsAre(1, 0));
  EXPECT_THAT(solve_assignment({0.9f, 0.2f, 0.86f, 0.95f}, 2, 2, 0.85f), ElementsAre(1, -1));
}

TEST(Assignment, APairOverTheLimitDoesNotPushOutAGoodOne) {
  // Row 1 can only take column 0, which row 0 needs more: 0.1 alone beats 0.7 alone.
  EXPECT_THAT(solve_assignment({0.1f, 9.f, 0.7f, 9.f}, 2, 2, 0.8f), ElementsAre(0, -1));
}

TEST(Assignment, TreatsNotANumberAndInfinityAsForbidden) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  EXPECT_THAT(solve_assignment({nan, 1, inf, 2}, 2, 2, 10), ElementsAre(1, -1));
}

TEST(Assignment, WorksWithNegativeCosts) {
  EXPECT_THAT(solve_assignment({-5, -9, -8, -1}, 2, 2, 0), ElementsAre(1, 0));
}

TEST(Assignment, AnEmptySideHasNoPairs) {
  EXPECT_THAT(solve_assignment({}, 0, 3, 1), IsEmpty());
  EXPECT_THAT(solve_assignment({}, 3, 0, 1), ElementsAre(-1, -1, -1));
}

TEST(Assignment, IsAsGoodAsTryingEverythingOnRandomProblems) {
  std::mt19937 engine(7);
  for (int round = 0; round < 300; ++round) {
    const int rows = 1 + static_cast<int>(engine() % 6), cols = 1 + static_cast<int>(engine() % 6);
    std::vector<float> cost(static_cast<size_t>(rows * cols));
    // Few distinct values make ties common.
    for (float& value : cost) value = static_cast<float>(engine() % 12);
    const float max_cost = static_cast<float>(engine() % 12);
    const std::vector<int> column = solve_assignment(cost, rows, cols, max_cost);
    std::vector<int> used(static_cast<size_t>(cols), 0);
    for (size_t r = 0; r < column.size(); ++r) {
      if (column[r] < 0) continue;
      ASSERT_EQ(++used[static_cast<size_t>(column[r])], 1);
      ASSERT_LE(cost[r * static_cast<size_t>(cols) + static_cast<size_t>(column[r])], max_cost);
    }
    ASSERT_DOUBLE_EQ(value_of(column, cost, cols, static_cast<double>(max_cost)),
                     best_by_trying(cost, rows, cols, static_cast<double>(max_cost)))
        << "round " << round;
  }
}

}  // namespace
}  // namespace screenalytics
