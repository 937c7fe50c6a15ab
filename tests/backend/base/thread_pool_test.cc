#include "backend/base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>

namespace replicafs {
namespace {

TEST(ThreadPool, ManyTasksThenEachRunsOnce) {
  std::atomic<int> sum = 0;
  ThreadPool pool(4, 8);
  TaskGroup group;
  for (int i = 1; i <= 1000; ++i) {
    group.Add();
    pool.Submit([&, i] {
      sum += i;
      group.Done();
    });
  }

  group.Wait();

  EXPECT_EQ(sum, 500'500);
}

TEST(ThreadPool, DestroyedThenQueuedTasksHaveRun) {
  std::atomic<int> ran = 0;
  {
    ThreadPool pool(1, 100);
    for (int i = 0; i < 50; ++i) pool.Submit([&] { ++ran; });
  }
  EXPECT_EQ(ran, 50);
}

TEST(ThreadPool, SeveralThreadsThenTasksRunSideBySide) {
  std::latch together(3);
  ThreadPool pool(3, 3);
  for (int i = 0; i < 3; ++i) pool.Submit([&] { together.arrive_and_wait(); });

  together.wait();

  EXPECT_TRUE(together.try_wait());
}

TEST(ThreadPool, QueueIsFullThenSubmitWaits) {
  std::promise<void> gate;
  std::shared_future<void> open = gate.get_future().share();
  std::atomic<bool> submitted = false;
  std::atomic<int> ran = 0;
  std::promise<void> first_started;
  ThreadPool pool(1, 1);
  pool.Submit([&] {
    first_started.set_value();
    open.wait();
    ++ran;
  });
  first_started.get_future().wait();
  pool.Submit([&] { ++ran; });
  std::thread submitter([&] {
    pool.Submit([&] { ++ran; });
    submitted = true;
  });

  EXPECT_FALSE(submitted);
  gate.set_value();
  submitter.join();

  EXPECT_TRUE(submitted);
  EXPECT_GE(ran, 1);
}

TEST(TaskGroup, NothingAddedThenWaitReturns) {
  TaskGroup group;

  group.Wait();
}

}  // namespace
}  // namespace replicafs
