// sample_episode: a video of camera moves and cuts over labelled photos, and its ground truth.
// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <turbojpeg.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/error.h"
#include "testing/episode_maker.h"
#include "testing/episode_plan.h"
#include "testing/photo_labels.h"
#include "testing/tool_main.h"

namespace screenalytics {
namespace {

struct Arguments {
  std::string photos, labels, out, truth;
  EpisodeOptions episode;
};

Image read_jpeg(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    throw Error(ErrorCode::not_found,
                fmt::format("cannot read the photo '{}': no such file, fetch the photos first",
                            path.string()));
  }
  const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  struct Destroy {
    void operator()(void* handle) const { tjDestroy(handle); }
  };
  const std::unique_ptr<void, Destroy> decoder(tjInitDecompress());
  int width = 0, height = 0, subsampling = 0, colours = 0;
  Image image;
  if (tjDecompressHeader3(decoder.get(), data, bytes.size(), &width, &height, &subsampling,
                          &colours) == 0) {
    image = Image(width, height, 3);
  }
  // A photo with a warning would differ from the one that was labelled.
  if (image.empty() || tjDecompress2(decoder.get(), data, bytes.size(), image.pixels.data(), width,
                                     0, height, TJPF_RGB, TJFLAG_ACCURATEDCT) != 0) {
    throw Error(ErrorCode::corrupt_input,
                fmt::format("cannot decode the photo '{}': {}", path.string(),
                            tjGetErrorStr2(decoder.get())));
  }
  return image;
}

void add_options(CLI::App& app, Arguments& a) {
  EpisodeOptions& e = a.episode;
  app.add_option("--photos", a.photos, "folder of the labelled photos")->required();
  app.add_option("--labels", a.labels, "photo_faces.json")->required();
  app.add_option("--out", a.out, "video to write; its extension chooses the container")->required();
  app.add_option("--truth", a.truth, "ground truth to write (default: beside the video)");
  app.add_option("--seconds", e.seconds, "length")->capture_default_str();
  app.add_option("--seed", e.seed, "another seed, another episode")->capture_default_str();
  app.add_option("--fps", e.fps, "24, 23.976, 25, 29.97, 50, any other number, or vfr")
      ->capture_default_str();
  app.add_option("--width", e.size.width)->capture_default_str();
  app.add_option("--height", e.size.height)->capture_default_str();
  app.add_option("--crf", e.crf, "quality: 0 best, 51 worst")->capture_default_str();
  app.add_option("--bitrate", e.bitrate, "bit/s, instead of --crf");
  app.add_option("--noise", e.noise, "film grain, standard deviation of 255")
      ->capture_default_str();
  app.add_flag("--motion-blur", e.motion_blur, "shutter open for half of each frame");
  app.add_flag("--low-light", e.low_light, "an eighth of the light, and grain");
  app.add_flag("--shake", e.shake, "an unsteady hand");
  app.add_flag("--occlusion", e.occlusion, "something opaque passes before the faces");
  app.add_flag("--letterbox", e.letterbox, "black bars for 2.39:1");
  app.add_flag("--flashes", e.flashes, "flashes of light inside shots");
}

// The options that shape the pictures, without the places of files.
std::string options_text(const EpisodeOptions& e) {
  std::string text = fmt::format("--seconds {} --seed {} --fps {} --width {} --height {}",
                                 e.seconds, e.seed, e.fps, e.size.width, e.size.height);
  text += e.bitrate > 0 ? fmt::format(" --bitrate {}", e.bitrate) : fmt::format(" --crf {}", e.crf);
  if (e.noise > 0) text += fmt::format(" --noise {}", e.noise);
  if (e.motion_blur) text += " --motion-blur";
  if (e.low_light) text += " --low-light";
  if (e.shake) text += " --shake";
  if (e.occlusion) text += " --occlusion";
  if (e.letterbox) text += " --letterbox";
  if (e.flashes) text += " --flashes";
  return text;
}

// A run that is stopped leaves no video that looks whole.
class PartFile {
 public:
  explicit PartFile(std::filesystem::path path) : path_(std::move(path)), part_(path_) {
    part_.replace_filename(path_.stem().string() + ".part" + path_.extension().string());
  }
  ~PartFile() {
    std::error_code ignored;
    std::filesystem::remove(part_, ignored);
  }
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  const std::filesystem::path& part() const { return part_; }
  void keep() const {
    std::error_code failed;
    std::filesystem::rename(part_, path_, failed);
    if (failed) {
      throw Error(ErrorCode::io,
                  fmt::format("cannot give '{}' its name: {}", path_.string(), failed.message()));
    }
  }

 private:
  std::filesystem::path path_, part_;
};

void make(const Arguments& a) {
  const EpisodePlan plan = plan_episode(a.episode, read_photo_labels(a.labels));
  std::vector<Image> photos;
  for (const LabelledPhoto& photo : plan.photos) {
    photos.push_back(read_jpeg(std::filesystem::path(a.photos) / photo.file));
  }
  const std::filesystem::path out(a.out);
  const std::filesystem::path truth =
      a.truth.empty() ? std::filesystem::path(out).replace_extension(".truth.json")
                      : std::filesystem::path(a.truth);
  const PartFile video(out);
  const bool terminal = isatty(fileno(stderr)) != 0;
  make_episode(plan, std::move(photos), {video.part(), truth, out.filename().string()},
               options_text(a.episode), [&](int done) {
                 if (terminal && (done % 24 == 0 || done == plan.frames)) {
                   fmt::print(stderr, "\rmaking {}: {} of {} frames{}", out.filename().string(),
                              done, plan.frames, done == plan.frames ? "\n" : "");
                 }
               });
  video.keep();
  fmt::print("{}: {} frames, {} shots\n{}\n", out.string(), plan.frames, plan.shots.size(),
             truth.string());
}

int run(int argc, char** argv) {
  CLI::App app(
      "Makes a sample episode: camera moves, zooms and cuts over labelled photos, with\n"
      "exact ground truth of every face and every cut beside it.");
  Arguments arguments;
  add_options(app, arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? kExitDone : kExitUsage;
  }
  make(arguments);
  return kExitDone;
}

}  // namespace
}  // namespace screenalytics

int main(int argc, char** argv) {
  return screenalytics::tool_main("sample_episode", screenalytics::run, argc, argv);
}
