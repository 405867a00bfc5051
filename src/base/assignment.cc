// SPDX-License-Identifier: MIT
#include "base/assignment.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "base/check.h"

namespace screenalytics {
namespace {

// Assigns every line of a lines <= slots matrix, one line at a time, each along the cheapest
// alternating path; the duals keep every reduced cost non-negative between the rounds.
class ShortestPathMatcher {
 public:
  ShortestPathMatcher(int lines, int slots, std::vector<double> cost)
      : slots_(static_cast<size_t>(slots)),
        cost_(std::move(cost)),
        line_dual_(static_cast<size_t>(lines), 0.0),
        slot_dual_(slots_, 0.0),
        line_of_slot_(slots_, -1),
        slot_of_line_(static_cast<size_t>(lines), -1) {}

  std::vector<int> solve() {
    for (size_t line = 0; line < slot_of_line_.size(); ++line) augment(static_cast<int>(line));
    return slot_of_line_;
  }

 private:
  void augment(int start) {
    std::vector<double> distance(slots_, std::numeric_limits<double>::infinity());
    std::vector<int> reached_from(slots_, start);
    std::vector<char> settled(slots_, 0);
    std::vector<size_t> order;
    double reached = 0;
    int line = start;
    size_t end = slots_;
    while (end == slots_) {
      const size_t best = relax(line, reached, distance, reached_from, settled);
      reached = distance[best];
      settled[best] = 1;
      if (line_of_slot_[best] < 0) {
        end = best;
      } else {
        order.push_back(best);
        line = line_of_slot_[best];
      }
    }
    line_dual_[static_cast<size_t>(start)] += reached;
    for (const size_t slot : order) {
      line_dual_[static_cast<size_t>(line_of_slot_[slot])] += reached - distance[slot];
      slot_dual_[slot] -= reached - distance[slot];
    }
    flip_path(start, end, reached_from);
  }

  // Returns the unsettled slot that is nearest once the edges of `line` are known.
  size_t relax(int line, double reached, std::vector<double>& distance,
               std::vector<int>& reached_from, const std::vector<char>& settled) const {
    const size_t l = static_cast<size_t>(line);
    size_t best = slots_;
    for (size_t slot = 0; slot < slots_; ++slot) {
      if (settled[slot]) continue;
      const double through = reached + cost_[l * slots_ + slot] - line_dual_[l] - slot_dual_[slot];
      if (through < distance[slot]) {
        distance[slot] = through;
        reached_from[slot] = line;
      }
      if (best == slots_ || distance[slot] < distance[best]) best = slot;
    }
    return best;
  }

  void flip_path(int start, size_t end, const std::vector<int>& reached_from) {
    int line = -1;
    size_t slot = end;
    do {
      line = reached_from[slot];
      line_of_slot_[slot] = line;
      int& held = slot_of_line_[static_cast<size_t>(line)];
      const int before = held;
      held = static_cast<int>(slot);
      slot = static_cast<size_t>(before);
    } while (line != start);
  }

  size_t slots_;
  std::vector<double> cost_;
  std::vector<double> line_dual_, slot_dual_;
  std::vector<int> line_of_slot_, slot_of_line_;
};

}  // namespace

std::vector<int> solve_assignment(const std::vector<float>& cost, int rows, int cols,
                                  float max_cost) {
  SA_CHECK(rows >= 0 && cols >= 0);
  SA_CHECK(cost.size() == static_cast<size_t>(rows) * static_cast<size_t>(cols));
  SA_CHECK(std::isfinite(max_cost));
  std::vector<int> column_of_row(static_cast<size_t>(rows), -1);
  if (rows == 0 || cols == 0) return column_of_row;

  // A pair that may not be made costs exactly what leaving it out costs, so the full matching of
  // the smaller side has the wanted optimum and the forbidden pairs are dropped afterwards.
  const bool transposed = rows > cols;
  const int lines = transposed ? cols : rows, slots = transposed ? rows : cols;
  std::vector<double> work(cost.size());
  const auto allowed = [&](int r, int c) {
    return cost[static_cast<size_t>(r) * static_cast<size_t>(cols) + static_cast<size_t>(c)] <=
           max_cost;
  };
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < cols; ++c) {
      const size_t from =
          static_cast<size_t>(r) * static_cast<size_t>(cols) + static_cast<size_t>(c);
      const size_t to =
          transposed ? static_cast<size_t>(c) * static_cast<size_t>(rows) + static_cast<size_t>(r)
                     : from;
      work[to] = static_cast<double>(allowed(r, c) ? cost[from] : max_cost);
    }
  }
  const std::vector<int> slot_of_line = ShortestPathMatcher(lines, slots, std::move(work)).solve();
  for (int line = 0; line < lines; ++line) {
    const int slot = slot_of_line[static_cast<size_t>(line)];
    const int r = transposed ? slot : line, c = transposed ? line : slot;
    if (allowed(r, c)) column_of_row[static_cast<size_t>(r)] = c;
  }
  return column_of_row;
}

}  // namespace screenalytics
