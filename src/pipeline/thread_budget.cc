// SPDX-License-Identifier: MIT
#include "pipeline/thread_budget.h"

#ifdef __linux__
#include <sched.h>
#endif
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>
#include <vector>

namespace screenalytics {

#ifdef __linux__
namespace {

// Ticks each core has spent working since the machine started, from /proc/stat; empty where that
// cannot be read.
std::map<int, int64_t> busy_ticks() {
  std::map<int, int64_t> busy;
  std::ifstream stat("/proc/stat");
  for (std::string line; std::getline(stat, line);) {
    std::istringstream words(line);
    std::string name;
    int64_t user = 0, nice = 0, system = 0;
    if (!(words >> name >> user >> nice >> system)) continue;
    if (name.size() < 4 || name.compare(0, 3, "cpu") != 0) continue;
    busy[std::atoi(name.c_str() + 3)] = user + nice + system;
  }
  return busy;
}

std::vector<int> allowed_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cores;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return cores;
  for (int c = 0; c < CPU_SETSIZE; ++c) {
    if (CPU_ISSET(c, &set)) cores.push_back(c);
  }
  return cores;
}

}  // namespace

std::string restrict_to_cores(int threads) {
  std::vector<int> cores = allowed_cores();
  if (cores.empty() || threads >= static_cast<int>(cores.size())) return {};
  const std::map<int, int64_t> before = busy_ticks();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  std::map<int, int64_t> load = busy_ticks();
  for (auto& [core, ticks] : load) {
    const auto it = before.find(core);
    if (it != before.end()) ticks -= it->second;
  }
  std::stable_sort(cores.begin(), cores.end(), [&](int a, int b) { return load[a] < load[b]; });
  cpu_set_t chosen;
  CPU_ZERO(&chosen);
  for (int i = 0; i < threads; ++i)
    CPU_SET(static_cast<size_t>(cores[static_cast<size_t>(i)]), &chosen);
  if (sched_setaffinity(0, sizeof chosen, &chosen) != 0) {
    return std::string("the system refuses to restrict this program to its cores: ") +
           std::strerror(errno);
  }
  return {};
}

#else

std::string restrict_to_cores(int) { return {}; }

#endif

std::string give_way(int nice) {
  if (nice <= 0) return {};
  errno = 0;
  if (::setpriority(PRIO_PROCESS, 0, nice) == 0) return {};
  return std::string("the system refuses to lower the priority: ") + std::strerror(errno);
}

}  // namespace screenalytics
