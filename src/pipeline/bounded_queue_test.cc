// Tests of the queues between the threads of a run.
// SPDX-License-Identifier: MIT
#include "pipeline/bounded_queue.h"

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <numeric>
#include <thread>
#include <vector>

namespace screenalytics {
namespace {

using ::testing::ElementsAre;

// Long enough for a thread that can go on to have done so; a thread that cannot makes no test fail
// by being slow.
void let_others_run() { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }

TEST(BoundedQueue, GivesValuesInTheOrderTheyCame) {
  BoundedQueue<int> queue(3);
  for (const int i : {1, 2, 3}) EXPECT_TRUE(queue.push(i));
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.pop(), 2);
  EXPECT_EQ(queue.pop(), 3);
}

TEST(BoundedQueue, TakesValuesThatCanOnlyBeMoved) {
  BoundedQueue<std::unique_ptr<int>> queue(1);
  EXPECT_TRUE(queue.push(std::make_unique<int>(7)));
  EXPECT_EQ(**queue.pop(), 7);
}

TEST(BoundedQueue, WhatIsInsideStillGoesOutAfterClose) {
  BoundedQueue<int> queue(2);
  queue.push(1);
  queue.close();
  EXPECT_FALSE(queue.push(2));
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.pop(), std::nullopt);
  EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(BoundedQueue, AFullQueueHoldsItsProducerBack) {
  BoundedQueue<int> queue(2);
  std::atomic<int> pushed{0};
  std::thread producer([&] {
    for (int i = 0; i < 5; ++i) {
      queue.push(i);
      ++pushed;
    }
  });
  let_others_run();
  EXPECT_LE(pushed, 2);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(queue.pop(), i);
  producer.join();
  EXPECT_EQ(pushed, 5);
}

TEST(BoundedQueue, CloseWakesAProducerThatWaitsForRoom) {
  BoundedQueue<int> queue(1);
  queue.push(1);
  bool accepted = true;
  std::thread producer([&] { accepted = queue.push(2); });
  let_others_run();
  queue.close();
  producer.join();
  EXPECT_FALSE(accepted);
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(BoundedQueue, CloseWakesEveryConsumerThatWaitsForAValue) {
  BoundedQueue<int> queue(1);
  std::atomic<int> ended{0};
  std::vector<std::thread> consumers;
  for (int i = 0; i < 4; ++i) {
    consumers.emplace_back([&] {
      if (!queue.pop()) ++ended;
    });
  }
  let_others_run();
  queue.close();
  for (std::thread& t : consumers) t.join();
  EXPECT_EQ(ended, 4);
}

TEST(BoundedQueue, LosesAndDoublesNothingAmongManyThreads) {
  constexpr int kThreads = 4, kEach = 500;
  BoundedQueue<int> queue(3);
  std::vector<std::atomic<int>> seen(kThreads * kEach);
  std::vector<std::thread> producers, consumers;
  for (int t = 0; t < kThreads; ++t) {
    producers.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) queue.push(t * kEach + i);
    });
    consumers.emplace_back([&] {
      while (const std::optional<int> value = queue.pop()) ++seen[static_cast<size_t>(*value)];
    });
  }
  for (std::thread& t : producers) t.join();
  queue.close();
  for (std::thread& t : consumers) t.join();
  for (size_t i = 0; i < seen.size(); ++i) ASSERT_EQ(seen[i], 1) << "value " << i;
}

TEST(OrderedQueue, GivesValuesByTheirNumbers) {
  OrderedQueue<char> queue(3);
  queue.push(2, 'c');
  queue.push(0, 'a');
  queue.push(1, 'b');
  queue.finish(3);
  std::vector<char> out;
  while (const std::optional<char> value = queue.pop()) out.push_back(*value);
  EXPECT_THAT(out, ElementsAre('a', 'b', 'c'));
}

TEST(OrderedQueue, WaitsForTheValueThatIsDue) {
  OrderedQueue<int> queue(4);
  queue.push(1, 11);
  std::atomic<bool> got{false};
  std::thread consumer([&] {
    EXPECT_EQ(queue.pop(), 10);
    got = true;
  });
  let_others_run();
  EXPECT_FALSE(got);
  queue.push(0, 10);
  consumer.join();
  EXPECT_EQ(queue.pop(), 11);
}

TEST(OrderedQueue, AProducerFarAheadWaitsAndTheOneThatIsDueNeverDoes) {
  OrderedQueue<int> queue(2);
  EXPECT_TRUE(queue.push(1, 1));
  std::atomic<bool> ahead{false};
  std::thread producer([&] {
    EXPECT_TRUE(queue.push(2, 2));
    ahead = true;
  });
  let_others_run();
  EXPECT_FALSE(ahead);
  EXPECT_TRUE(queue.push(0, 0));
  EXPECT_EQ(queue.pop(), 0);
  producer.join();
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.pop(), 2);
}

TEST(OrderedQueue, FinishEndsItOnceAllValuesAreOut) {
  OrderedQueue<int> queue(4);
  queue.push(0, 0);
  std::thread finisher([&] {
    let_others_run();
    queue.push(1, 1);
    queue.finish(2);
  });
  EXPECT_EQ(queue.pop(), 0);
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.pop(), std::nullopt);
  finisher.join();
}

TEST(OrderedQueue, FinishWithNothingWakesAConsumer) {
  OrderedQueue<int> queue(1);
  std::thread consumer([&] { EXPECT_EQ(queue.pop(), std::nullopt); });
  let_others_run();
  queue.finish(0);
  consumer.join();
}

TEST(OrderedQueue, CloseDropsWhatIsInsideAndWakesBothSides) {
  OrderedQueue<int> queue(1);
  queue.push(0, 0);
  bool accepted = true;
  std::thread producer([&] { accepted = queue.push(1, 1); });
  let_others_run();
  queue.close();
  producer.join();
  EXPECT_FALSE(accepted);
  EXPECT_EQ(queue.pop(), std::nullopt);

  OrderedQueue<int> empty(1);
  std::thread consumer([&] { EXPECT_EQ(empty.pop(), std::nullopt); });
  let_others_run();
  empty.close();
  consumer.join();
}

TEST(OrderedQueue, SortsTheWorkOfManyThreads) {
  constexpr int64_t kCount = 2000;
  OrderedQueue<int64_t> queue(6);
  std::atomic<int64_t> next{0};
  std::vector<std::thread> producers;
  for (int t = 0; t < 4; ++t) {
    producers.emplace_back([&] {
      for (int64_t n = next++; n < kCount; n = next++) queue.push(n, n);
    });
  }
  std::thread finisher([&] {
    for (std::thread& t : producers) t.join();
    queue.finish(kCount);
  });
  std::vector<int64_t> out, expected(kCount);
  while (const std::optional<int64_t> value = queue.pop()) out.push_back(*value);
  finisher.join();
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(out, expected);
}

}  // namespace
}  // namespace screenalytics
