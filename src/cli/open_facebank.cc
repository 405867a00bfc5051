// SPDX-License-Identifier: MIT
#include "cli/open_facebank.h"

#include "cli/episode_args.h"
#include "config/home.h"
#include "config/model_manifests.h"
#include "pipeline/naming.h"

namespace screenalytics {

Facebank open_facebank(const std::string& out_root) {
  const Settings settings = settings_with_out_root(out_root);
  const std::filesystem::path models = find_home() / "models";
  return {settings.run.out_root,
          face_models(find_model_manifest(models, settings.detection.detector),
                      find_model_manifest(models, settings.run.embedder), settings.run),
          {settings.facebank.person_thresh, settings.facebank.person_margin}};
}

}  // namespace screenalytics
