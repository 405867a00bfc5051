// Tests of the limit on the cores that the whole process uses.
// SPDX-License-Identifier: MIT
#include "pipeline/thread_budget.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <thread>

#include "base/cores.h"

namespace screenalytics {
namespace {

// The restriction is the calling thread's and its children's: a thread of its own keeps the rest of
// this program as it is.
template <typename Work>
void in_own_thread(Work work) {
  std::thread(work).join();
}

TEST(ThreadBudget, RestrictsThisThreadAndThoseThatItStarts) {
  const int before = available_cores();
  ASSERT_GE(before, 1);
  in_own_thread([] {
    EXPECT_EQ(restrict_to_cores(1), "");
    EXPECT_EQ(available_cores(), 1);
    in_own_thread([] { EXPECT_EQ(available_cores(), 1); });
  });
  EXPECT_EQ(available_cores(), before);
}

TEST(ThreadBudget, AsManyThreadsAsCoresOrMoreIsNoRestriction) {
  const int before = available_cores();
  in_own_thread([&] {
    EXPECT_EQ(restrict_to_cores(before), "");
    EXPECT_EQ(restrict_to_cores(before + 7), "");
    EXPECT_EQ(available_cores(), before);
  });
}

TEST(GiveWay, LowersThePriorityOfTheThreadAndOfThoseItStarts) {
  in_own_thread([] {
    const int before = ::getpriority(PRIO_PROCESS, 0);
    EXPECT_EQ(give_way(0), "");
    EXPECT_EQ(::getpriority(PRIO_PROCESS, 0), before);
    EXPECT_EQ(give_way(11), "");
    EXPECT_EQ(::getpriority(PRIO_PROCESS, 0), 11);
    in_own_thread([] { EXPECT_EQ(::getpriority(PRIO_PROCESS, 0), 11); });
  });
}

TEST(ThreadBudget, ARestrictionIsNeverWidened) {
  in_own_thread([] {
    restrict_to_cores(1);
    restrict_to_cores(2);
    EXPECT_EQ(available_cores(), 1);
  });
}

}  // namespace
}  // namespace screenalytics
