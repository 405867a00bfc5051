// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include <filesystem>

#include "base/error.h"
#include "cli/command.h"
#include "config/home.h"
#include "config/model_manifests.h"
#include "config/settings.h"
#include "inference/sha256.h"

namespace screenalytics {
namespace {

std::string family_text(ModelFamily family) {
  switch (family) {
    case ModelFamily::retinaface:
      return "detector, retinaface";
    case ModelFamily::scrfd:
      return "detector, scrfd";
    case ModelFamily::yunet:
      return "detector, yunet";
    case ModelFamily::arcface:
      return "embedder, arcface";
  }
  return {};
}

int list_models() {
  const std::filesystem::path home = find_home();
  SettingsSources sources;
  sources.config_dir = home / "config" / "pipeline";
  sources.env = process_environment();
  const Settings settings = load_settings(sources);
  bool usable = true;
  for (const ModelManifest& m : list_model_manifests(home / "models")) {
    const bool needed = m.id == settings.detection.detector || m.id == settings.run.embedder;
    std::string state = "not installed (optional)";
    bool good = false;
    if (std::filesystem::exists(m.file)) {
      const std::string hash = sha256_of_file(m.file);
      good = hash == m.sha256;
      state = good ? "verified" : fmt::format("CHANGED: sha256 is {}, not {}", hash, m.sha256);
    } else if (needed) {
      state = "MISSING: run ./quickstart.sh";
    }
    if (needed && !good) usable = false;
    fmt::print("{}{}\n  {:<8} {}\n  {:<8} {}\n  {:<8} {}\n  {:<8} {}\n", m.id,
               needed ? " (in use)" : "", "kind", family_text(m.family), "file", state, "licence",
               m.licence, "origin", m.origin);
  }
  return usable ? kExitDone : kExitModel;
}

}  // namespace

Action define_models(CLI::App&) { return list_models; }

}  // namespace screenalytics
