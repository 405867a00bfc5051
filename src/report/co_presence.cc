// SPDX-License-Identifier: MIT
#include "report/co_presence.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "report/html.h"

namespace screenalytics {
namespace {

constexpr size_t kMatrixPeople = 16, kListedPairs = 200;
constexpr double kNothing_s = 0.05;  // would be shown as 0.0

// "7.5", or "2:05" from a minute on.
std::string short_time(double seconds) {
  if (seconds < 59.95) return fmt::format("{:.1f}", seconds);
  const long whole = std::lround(seconds);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

// The places of those with the most screen time who are ever seen with somebody.
std::vector<size_t> first_people(const std::vector<SharedTime>& pairs) {
  std::set<size_t> people;  // places are by screen time
  for (const SharedTime& s : pairs) {
    people.insert(s.a);
    people.insert(s.b);
  }
  std::vector<size_t> first(people.begin(), people.end());
  if (first.size() > kMatrixPeople) first.resize(kMatrixPeople);
  return first;
}

std::string matrix_html(const ScreenTimeReport& time, const std::vector<SharedTime>& pairs,
                        const std::vector<size_t>& people) {
  std::map<std::pair<size_t, size_t>, double> seconds;
  double most = 0;
  for (const SharedTime& s : pairs) {
    seconds[{s.a, s.b}] = seconds[{s.b, s.a}] = s.seconds;
    most = std::max(most, s.seconds);
  }
  std::string html = "<div class=\"table\"><table class=\"matrix\"><tr><td></td>";
  for (const size_t p : people) {
    html +=
        fmt::format("<th scope=\"col\"><span>{}</span></th>", html_text(time.people[p].label()));
  }
  html += "</tr>\n";
  for (const size_t row : people) {
    const std::string name = html_text(time.people[row].label());
    html += fmt::format("<tr><th scope=\"row\">{}</th>", name);
    for (const size_t column : people) {
      const auto found = seconds.find({row, column});
      if (row == column) {
        html += "<td class=\"self\"></td>";
      } else if (found == seconds.end()) {
        html += "<td></td>";
      } else {
        html += fmt::format(
            "<td style=\"background:rgba(64,130,220,{:.2f})\" title=\"{} and {}\">{}"
            "</td>",
            0.08 + 0.5 * found->second / most, name, html_text(time.people[column].label()),
            short_time(found->second));
      }
    }
    html += "</tr>\n";
  }
  return html +
         "</table></div>\n<p class=\"soft\">Seconds, or minutes and seconds, on screen at "
         "once.</p>\n";
}

std::string list_html(const ScreenTimeReport& time, const std::vector<SharedTime>& pairs) {
  const size_t shown = std::min(kListedPairs, pairs.size());
  std::string html = fmt::format(
      "<details><summary>and {} more pairs</summary>\n<div class=\"table\"><table "
      "class=\"pairs\"><tr><th>Who</th><th>and</th><th class=\"n\">Seconds</th></tr>\n",
      pairs.size());
  for (size_t i = 0; i < shown; ++i) {
    html += fmt::format("<tr><td>{}</td><td>{}</td><td class=\"n\">{:.1f}</td></tr>\n",
                        html_text(time.people[pairs[i].a].label()),
                        html_text(time.people[pairs[i].b].label()), pairs[i].seconds);
  }
  html += "</table></div>\n";
  if (shown < pairs.size()) {
    html += fmt::format("<p class=\"soft\">and {} more, in screentime.json</p>\n",
                        pairs.size() - shown);
  }
  return html + "</details>\n";
}

}  // namespace

std::string co_presence_html(const ScreenTimeReport& time) {
  std::vector<SharedTime> pairs = time.co_presence;
  std::erase_if(pairs, [](const SharedTime& s) { return s.seconds < kNothing_s; });
  if (pairs.empty()) return {};
  const std::vector<size_t> people = first_people(pairs);
  std::string html = "<section><h2>Seen together</h2>\n" + matrix_html(time, pairs, people);
  const auto in_matrix = [&](size_t p) {
    return std::binary_search(people.begin(), people.end(), p);
  };
  std::erase_if(pairs, [&](const SharedTime& s) { return in_matrix(s.a) && in_matrix(s.b); });
  if (!pairs.empty()) html += list_html(time, pairs);
  return html + "</section>\n";
}

}  // namespace screenalytics
