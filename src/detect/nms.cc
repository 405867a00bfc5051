// SPDX-License-Identifier: MIT
#include "detect/nms.h"

#include <algorithm>
#include <cmath>

namespace screenalytics {

std::vector<Detection> non_max_suppression(std::vector<Detection> detections,
                                           const NmsOptions& options) {
  const auto too_weak = [&](const Detection& d) { return d.confidence < options.min_confidence; };
  std::erase_if(detections, too_weak);
  std::ranges::stable_sort(detections, std::ranges::greater{}, &Detection::confidence);
  std::vector<Detection> kept;
  while (!detections.empty()) {
    const Detection best = detections.front();
    detections.erase(detections.begin());
    kept.push_back(best);
    if (options.mode == NmsMode::hard) {
      std::erase_if(detections,
                    [&](const Detection& d) { return iou(best.box, d.box) > options.iou_th; });
      continue;
    }
    for (Detection& d : detections) {
      const float overlap = iou(best.box, d.box);
      d.confidence *= std::exp(-overlap * overlap / options.soft_sigma);
    }
    std::erase_if(detections, too_weak);
    // The decay may have changed who is next.
    std::ranges::stable_sort(detections, std::ranges::greater{}, &Detection::confidence);
  }
  return kept;
}

}  // namespace screenalytics
