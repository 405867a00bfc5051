// SPDX-License-Identifier: MIT
#include "pipeline/naming.h"

#include <string>

namespace screenalytics {

FaceModels face_models(const ModelManifest& detector, const ModelManifest& embedder,
                       const RunSettings& run) {
  SessionOptions options;
  options.device = run.device;
  options.threads = run.threads;
  options.allow_cpu_fallback = run.allow_cpu_fallback;
  FaceModels models;
  models.make_detector = [=] { return make_face_detector(detector, options); };
  models.make_embedder = [=] {
    return make_face_embedder(embedder, options, run.embed_batch_size);
  };
  models.model_id = embedder_model_id(embedder);
  return models;
}

NameLookup name_lookup(const std::filesystem::path& out_root, const ModelManifest& embedder,
                       const Settings& settings) {
  const std::optional<Store> store = Store::open_existing(facebank_file(out_root));
  if (!store || store->seeds().empty()) return {};
  const MatchOptions options{settings.facebank.person_thresh, settings.facebank.person_margin};
  const auto bank =
      std::make_shared<Facebank>(out_root, face_models(embedder, embedder, settings.run), options);
  return [bank, options](const Embedding& centroid) {
    const Match m = match(centroid, bank->references(), options);
    IdentityLabel label;
    label.verdict = to_string(m.verdict);
    label.similarity = m.similarity;
    if (m.runner_up != nullptr) label.margin = m.margin;
    label.evidence = m.evidence();
    if (m.verdict == Verdict::known) {
      label.name = m.best->name;
      label.person_id = m.best->person_id;
    }
    return label;
  };
}

}  // namespace screenalytics
