// SPDX-License-Identifier: MIT
#include "report/timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "report/html.h"

namespace screenalytics {
namespace {

// Units of the drawing; its width is stretched to that of the page.
constexpr double kWidth = 1000, kLane = 24, kShots = 16;

// Told apart also by people who do not see all colours (Wong, Nature Methods 2011), then again.
constexpr std::array<const char*, 7> kColours = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                 "#e69f00", "#56b4e9", "#8a6d3b"};

// Between two labels of the time axis, so that there are some ten of them.
double tick_step(double duration_s) {
  for (const double step : {1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0}) {
    if (duration_s / step <= 12) return step;
  }
  return 1800;
}

class Timeline {
 public:
  Timeline(const ScreenTimeReport& time, const std::vector<ShotRow>& shots)
      : time_(time),
        shots_(shots),
        lanes_(std::min(kMaxLanes, time.people.size())),
        height_(kShots + kLane * static_cast<double>(lanes_)) {}

  std::string html() const {
    std::string out =
        "<section><h2>Timeline</h2>\n<div class=\"lanes\" tabindex=\"0\" role=\"region\" "
        "aria-label=\"Timeline, scrolls sideways\">\n<div class=\"names\"><span "
        "class=\"soft\">shots</span>\n";
    for (size_t i = 0; i < lanes_; ++i) {
      out += fmt::format("<span>{}</span>\n", html_text(time_.people[i].label()));
    }
    out += "</div>\n<div class=\"plot\"><div class=\"axis\" aria-hidden=\"true\">\n";
    add_axis(out);
    out += fmt::format(
        "</div>\n<svg viewBox=\"0 0 {:.0f} {:.0f}\" height=\"{:.0f}\" "
        "preserveAspectRatio=\"none\" role=\"img\" aria-label=\"When each person is on screen\">\n",
        kWidth, height_, height_);
    add_ground(out);
    for (size_t i = 0; i < lanes_; ++i) add_lane(out, i);
    out += "</svg></div></div>\n";
    if (lanes_ < time_.people.size()) {
      out += fmt::format("<p class=\"soft\">and {} more people, in the list above</p>\n",
                         time_.people.size() - lanes_);
    }
    return out + "</section>\n";
  }

 private:
  double x(Timestamp t) const {
    return std::clamp(kWidth * seconds_between(time_.start, t) / time_.duration_s, 0.0, kWidth);
  }

  void add_axis(std::string& out) const {
    const double step = tick_step(time_.duration_s);
    // A label at the very end would hang over it.
    for (double t = 0; t <= time_.duration_s - step / 3; t += step) {
      const std::string clock = clock_text(t);
      out += fmt::format("<span style=\"left:{:.3f}%\">{}</span>\n", 100 * t / time_.duration_s,
                         clock.substr(0, clock.size() - 2));
    }
  }

  void add_ground(std::string& out) const {
    for (size_t i = 0; i < lanes_; i += 2) {
      out += fmt::format("<rect class=\"stripe\" y=\"{}\" width=\"{}\" height=\"{}\"/>\n",
                         kShots + kLane * static_cast<double>(i), kWidth, kLane);
    }
    const double step = tick_step(time_.duration_s);
    for (double t = 0; t <= time_.duration_s; t += step) {
      out += fmt::format("<line class=\"grid\" x1=\"{0:.2f}\" x2=\"{0:.2f}\" y2=\"{1}\"/>\n",
                         kWidth * t / time_.duration_s, height_);
    }
    for (const ShotRow& shot : shots_) {
      const double left = x(shot.start);
      out += fmt::format(
          "<rect class=\"shot{}\" x=\"{:.2f}\" y=\"2\" width=\"{:.2f}\" height=\"{}\"><title>shot "
          "{}: {}</title></rect>\n",
          shot.shot % 2, left, x(shot.end) - left, kShots - 6, shot.shot + 1,
          span_text(time_, shot.start, shot.end));
    }
  }

  void add_lane(std::string& out, size_t i) const {
    const PersonRow& p = time_.people[i];
    const double y = kShots + kLane * static_cast<double>(i) + 4;
    const std::string name = html_text(p.label());
    out += fmt::format("<g fill=\"{}\">\n", person_colour(i));
    for (const auto& [from, to] : p.appearances) {
      const double left = x(from);
      out += fmt::format(
          "<rect x=\"{:.2f}\" y=\"{}\" width=\"{:.2f}\" height=\"{}\"><title>{}: {} ({:.2f} "
          "s)</title></rect>\n",
          left, y, std::max(1.0, x(to) - left), kLane - 8, name, span_text(time_, from, to),
          seconds_between(from, to));
    }
    out += "</g>\n";
  }

  const ScreenTimeReport& time_;
  const std::vector<ShotRow>& shots_;
  size_t lanes_;
  double height_;
};

}  // namespace

const char* person_colour(size_t person) { return kColours[person % kColours.size()]; }

std::string span_text(const ScreenTimeReport& time, Timestamp from, Timestamp to) {
  return fmt::format("{} to {}", clock_text(seconds_between(time.start, from)),
                     clock_text(seconds_between(time.start, to)));
}

std::string timeline_html(const ScreenTimeReport& time, const std::vector<ShotRow>& shots) {
  if (time.people.empty() || time.duration_s <= 0) return {};
  return Timeline(time, shots).html();
}

}  // namespace screenalytics
