// Tests of load_settings: precedence, sources, profiles, and every message.
// SPDX-License-Identifier: MIT
#include "config/settings.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <tuple>

#include "config/knobs.h"
#include "testing/caught_error.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class SettingsTest : public ::testing::Test {
 protected:
  SettingsTest() {
    sources_.config_dir = folder_.path();
    sources_.cores = 8;
  }

  std::string at(const std::string& place) const { return (folder_ / place).string(); }

  // Loads, and returns the message of the failure.
  std::string refused() const {
    const Error error = caught_error([&] { load_settings(sources_); });
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument) << error.what();
    return error.what();
  }

  TempFolder folder_;
  SettingsSources sources_;
};

SettingsSources shipped(const std::string& profile) {
  SettingsSources sources;
  sources.config_dir = std::string(SOURCE_ROOT) + "/config/pipeline";
  sources.profile = profile;
  sources.cores = 16;
  return sources;
}

TEST(ShippedSettings, ProfilesAreThoseOfTheContract) {
  struct Row {
    const char *name, *canonical, *device;
    int stride;
    double fps;
    int batch;
    bool frames, crops;
    int threads;
    double min_size;
    int det_size;
    bool skip;
  };
  const Row rows[] = {
      {"fast_cpu", "fast_cpu", "cpu", 10, 4, 1, false, false, 2, 120, 480, true},
      {"low_power", "fast_cpu", "cpu", 10, 4, 1, false, false, 2, 120, 480, true},
      {"balanced", "balanced", "auto", 5, 8, 2, true, false, 4, 90, 640, false},
      {"high_accuracy", "high_accuracy", "auto", 1, 30, 8, true, true, 16, 64, 640, false},
  };
  for (const Row& row : rows) {
    const Settings s = load_settings(shipped(row.name));
    EXPECT_EQ(s.profile, row.canonical);
    EXPECT_EQ(s.profile_source, "flag --profile");
    EXPECT_EQ(s.run.device, row.device) << row.name;
    EXPECT_EQ(s.sampling.stride, row.stride) << row.name;
    EXPECT_EQ(s.sampling.fps, row.fps) << row.name;
    EXPECT_EQ(s.run.embed_batch_size, row.batch) << row.name;
    EXPECT_EQ(s.exporting.save_frames, row.frames) << row.name;
    EXPECT_EQ(s.exporting.save_crops, row.crops) << row.name;
    EXPECT_EQ(s.run.threads, row.threads) << row.name;
    EXPECT_EQ(s.detection.min_size, (FaceSize{row.min_size, false})) << row.name;
    EXPECT_EQ(s.detection.det_size, row.det_size) << row.name;
    EXPECT_EQ(s.sampling.skip_non_reference, row.skip) << row.name;
    EXPECT_THAT(s.notes, IsEmpty());
  }
}

TEST(ShippedSettings, FilesNameEveryKnobOnceSoThatEachCanBeFound) {
  const SettingsSources sources = shipped("balanced");
  const Settings s = load_settings(sources);
  EXPECT_EQ(s.provenance.size(), knobs().size());
  for (const auto& [key, origin] : s.provenance) EXPECT_NE(origin.source, "default") << key;
  EXPECT_THAT(profile_names(sources.config_dir),
              ElementsAre("fast_cpu", "low_power", "balanced", "high_accuracy"));
}

TEST(ShippedSettings, WithoutAWordTheBuiltInDefaultsAreTheBalancedProfile) {
  const TempFolder empty;
  SettingsSources bare;
  bare.config_dir = empty.path();
  bare.cores = 16;
  const Settings built_in = load_settings(bare);
  const Settings balanced = load_settings(shipped("balanced"));
  EXPECT_EQ(built_in.profile, "balanced");
  for (const Knob& knob : knobs()) {
    if (knob.file != "performance_profiles.yaml") continue;
    EXPECT_EQ(knob_text(built_in, knob), knob_text(balanced, knob)) << knob.key;
  }
}

TEST_F(SettingsTest, EachSourceWinsOverThoseBelowItAndIsNamed) {
  const auto source = [&] { return load_settings(sources_).provenance.at("confidence_th"); };
  EXPECT_EQ(source().source, "default");
  EXPECT_EQ(source().value, "0.8");
  folder_.write("detection.yaml", "# comment\nconfidence_th: 0.5\n");
  EXPECT_EQ(source().source, at("detection.yaml:2"));
  EXPECT_EQ(source().value, "0.5");
  folder_.write("performance_profiles.yaml", "balanced:\n  stride: 7\n  confidence_th: 0.55\n");
  EXPECT_EQ(source().source, "profile balanced (" + at("performance_profiles.yaml:3") + ")");
  EXPECT_EQ(source().value, "0.55");
  sources_.env["SCREENALYTICS_CONFIDENCE_TH"] = "0.6";
  EXPECT_EQ(source().source, "environment SCREENALYTICS_CONFIDENCE_TH");
  EXPECT_EQ(source().value, "0.6");
  sources_.flags["confidence_th"] = "0.65";
  EXPECT_EQ(source().source, "flag --confidence-th");
  EXPECT_EQ(source().value, "0.65");
  EXPECT_EQ(load_settings(sources_).detection.confidence_th, 0.65);
}

// Pairwise, with what lies between left out.
TEST_F(SettingsTest, PrecedenceHoldsForEveryPairOfSources) {
  struct Layer {
    const char* value;
    void (*add)(SettingsTest&, TempFolder&, SettingsSources&);
  };
  const Layer layers[] = {
      {"0.1", [](SettingsTest&, TempFolder& f,
                 SettingsSources&) { f.write("detection.yaml", "confidence_th: 0.1"); }},
      {"0.2",
       [](SettingsTest&, TempFolder& f, SettingsSources&) {
         f.write("performance_profiles.yaml", "balanced: {confidence_th: 0.2}");
       }},
      {"0.3", [](SettingsTest&, TempFolder&,
                 SettingsSources& s) { s.env["SCREENALYTICS_CONFIDENCE_TH"] = "0.3"; }},
      {"0.4",
       [](SettingsTest&, TempFolder&, SettingsSources& s) { s.flags["confidence_th"] = "0.4"; }},
  };
  for (size_t low = 0; low < std::size(layers); ++low) {
    for (size_t high = low + 1; high < std::size(layers); ++high) {
      TempFolder folder;
      SettingsSources sources;
      sources.config_dir = folder.path();
      layers[high].add(*this, folder, sources);
      layers[low].add(*this, folder, sources);
      EXPECT_EQ(load_settings(sources).provenance.at("confidence_th").value, layers[high].value)
          << low << " against " << high;
    }
  }
}

TEST_F(SettingsTest, TheProfileIsChosenByFlagThenEnvironmentThenBalanced) {
  folder_.write("performance_profiles.yaml",
                "mine: {stride: 2, alias: [own]}\nbalanced: {stride: 3}\nother: {stride: 4}\n");
  EXPECT_EQ(load_settings(sources_).sampling.stride, 3);
  EXPECT_EQ(load_settings(sources_).profile_source, "default");
  sources_.env["SCREENALYTICS_PROFILE"] = "other";
  EXPECT_EQ(load_settings(sources_).sampling.stride, 4);
  EXPECT_EQ(load_settings(sources_).profile_source, "environment SCREENALYTICS_PROFILE");
  sources_.profile = "mine";
  EXPECT_EQ(load_settings(sources_).sampling.stride, 2);
  sources_.env["SCREENALYTICS_PROFILE"] = "";
  sources_.profile.reset();
  EXPECT_EQ(load_settings(sources_).profile, "balanced");
}

TEST_F(SettingsTest, TheDataRootVariableIsTheOutputRootAndItsOwnNameWins) {
  sources_.env["SCREENALYTICS_DATA_ROOT"] = "/tv";
  EXPECT_EQ(load_settings(sources_).run.out_root, "/tv");
  EXPECT_EQ(load_settings(sources_).provenance.at("out_root").source,
            "environment SCREENALYTICS_DATA_ROOT");
  sources_.env["SCREENALYTICS_OUT_ROOT"] = "/films";
  EXPECT_EQ(load_settings(sources_).run.out_root, "/films");
  sources_.flags["out_root"] = "here";
  EXPECT_EQ(load_settings(sources_).run.out_root, "here");
}

TEST_F(SettingsTest, AnEmptyVariableIsAnUnsetOne) {
  sources_.env["SCREENALYTICS_STRIDE"] = "";
  EXPECT_EQ(load_settings(sources_).provenance.at("stride").source, "default");
}

TEST_F(SettingsTest, AllCoresIsTheNumberOfThisMachine) {
  sources_.flags["threads"] = "0";
  const Settings s = load_settings(sources_);
  EXPECT_EQ(s.run.threads, 8);
  EXPECT_EQ(s.provenance.at("threads").value, "8");
  EXPECT_EQ(s.provenance.at("threads").source, "flag --threads; 0 is all 8 cores");
  sources_.cores = 0;
  EXPECT_GE(load_settings(sources_).run.threads, 1);
}

TEST_F(SettingsTest, AProfileIsCappedByTheMachineAndAFlagIsNot) {
  sources_.cores = 2;
  folder_.write("performance_profiles.yaml", "balanced: {threads: 4}");
  const Settings s = load_settings(sources_);
  EXPECT_EQ(s.run.threads, 2);
  EXPECT_THAT(s.provenance.at("threads").source,
              HasSubstr("; capped by the 2 cores of this machine"));
  sources_.flags["threads"] = "4";
  EXPECT_EQ(load_settings(sources_).run.threads, 4);
}

TEST_F(SettingsTest, TheSmallestThreadVariableCapsEvenAFlag) {
  sources_.flags["threads"] = "6";
  sources_.env = {{"OMP_NUM_THREADS", "4,2"}, {"MKL_NUM_THREADS", "3"}};
  const Settings s = load_settings(sources_);
  EXPECT_EQ(s.run.threads, 3);
  EXPECT_EQ(s.provenance.at("threads").source,
            "flag --threads; capped by environment OMP_NUM_THREADS=4,2; capped by environment "
            "MKL_NUM_THREADS=3");
  sources_.env = {{"OPENBLAS_NUM_THREADS", "1"}};
  EXPECT_EQ(load_settings(sources_).run.threads, 1);
  sources_.env = {{"OMP_NUM_THREADS", "9"}};
  EXPECT_EQ(load_settings(sources_).provenance.at("threads").source, "flag --threads");
}

TEST_F(SettingsTest, AThreadVariableThatIsNoNumberIsNotedAndIgnored) {
  for (const char* text : {"many", "0", "-1", "2x"}) {
    sources_.env = {{"OMP_NUM_THREADS", text}};
    const Settings s = load_settings(sources_);
    EXPECT_EQ(s.run.threads, 4);
    EXPECT_THAT(s.notes, ElementsAre(StartsWith("environment OMP_NUM_THREADS is '" +
                                                std::string(text) + "', not a number")));
  }
}

TEST_F(SettingsTest, AVariableWithATypingErrorIsNotedAndAForeignOneIsNot) {
  sources_.env = {{"SCREENALYTICS_STRIDES", "3"},
                  {"SCREENALYTICS_SHARED_DIR", "/x"},
                  {"SCREENALYTICS_HOME", "/y"},
                  {"SCREENALYTICS_NPM_CACHE_DIR", "/z"}};
  EXPECT_THAT(load_settings(sources_).notes,
              ElementsAre("environment SCREENALYTICS_STRIDES is not a setting and is ignored; did "
                          "you mean SCREENALYTICS_STRIDE?"));
}

TEST_F(SettingsTest, ErrorsInFilesNameFileLineKeyAndTheNearestValidKey) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"detection.yaml", "iou_th: 0.5\n\n\nconfidence: 0.8\n",
       ":4: unknown key 'confidence'; did you mean 'confidence_th'?"},
      {"detection.yaml", "zzzzzzzzzzz: 1\n", ":1: unknown key 'zzzzzzzzzzz'; there are detector,"},
      {"detection.yaml", "match_thresh: 0.8\n", ":1: 'match_thresh' belongs in tracking.yaml"},
      {"run.yaml", "stride: 2\n",
       ":1: 'stride' is set by the profiles in performance_profiles.yaml"},
      {"tracking.yaml", "\ntrack_buffer: -1\n",
       ":2: track_buffer is '-1', not a whole number from 0 to 108000"},
      {"tracking.yaml", "match_thresh: [1, 2]\n",
       ":1: match_thresh has no single value; give a number from 0 to 1"},
      {"tracking.yaml", "match_thresh: {a: 1}\n", ":1: match_thresh has no single value"},
      {"export.yaml", "jpeg_quality: high\n",
       ":1: jpeg_quality is 'high', not a whole number from 1 to 100"},
      {"detection.yaml", "iou_th: 0.5\niou_th: 0.6\n", ":2: key 'iou_th' comes twice; keep one"},
      {"detection.yaml", "- iou_th\n", ":1: expected lines of the form `key: value`"},
      {"detection.yaml", "[a]: 1\n", ":1: a key must be a plain word"},
      {"detection.yaml", "iou_th: 0.5\nnms_mode: [hard\n", ": this is not YAML: "},
      {"performance_profiles.yaml", "balanced:\n  strid: 2\n",
       ":2: unknown key 'strid'; did you mean 'stride'?"},
      {"performance_profiles.yaml", "unused:\n  stride: 0\n", ":2: stride is '0', not a whole"},
      {"performance_profiles.yaml", "balanced:\n  alias: {a: 1}\n", ":2: an alias is"},
      {"performance_profiles.yaml", "balanced: {}\nb:\n  alias: balanced\n",
       ":3: 'balanced' names another profile already"},
      {"performance_profiles.yaml", "a:\n  alias: b\nb: {}\n",
       ":3: 'b' names another profile already"},
      {"performance_profiles.yaml", "balanced: 3\n", ":1: expected lines of the form"},
  };
  for (const auto& [name, text, message] : cases) {
    const auto path = folder_.write(name, text);
    const std::string told = refused();
    EXPECT_THAT(told, StartsWith(path.string() + ":"));
    EXPECT_THAT(told, HasSubstr(message));
    std::filesystem::remove(path);
  }
}

TEST_F(SettingsTest, AKeyWithoutAValueIsAnErrorButForTexts) {
  const auto path = folder_.write("run.yaml", "progress_file:\nallow_cpu_fallback:\n");
  EXPECT_THAT(refused(), HasSubstr("allow_cpu_fallback has no single value; give true or false"));
  folder_.write("run.yaml", "progress_file:\n");
  EXPECT_EQ(load_settings(sources_).run.progress_file, "");
}

TEST_F(SettingsTest, AnEmptyFileSetsNothing) {
  folder_.write("detection.yaml", "# nothing\n");
  folder_.write("performance_profiles.yaml", "");
  EXPECT_EQ(load_settings(sources_).provenance.at("iou_th").source, "default");
}

TEST_F(SettingsTest, UnknownProfilesNameTheNearestAndWhoAsked) {
  folder_.write("performance_profiles.yaml", "fast_cpu: {alias: low_power}\nbalanced: {}\n");
  sources_.profile = "fast_gpu";
  EXPECT_EQ(refused(), "flag --profile: unknown profile 'fast_gpu'; did you mean 'fast_cpu'?");
  sources_.profile = "turbo_max";
  EXPECT_EQ(refused(),
            "flag --profile: unknown profile 'turbo_max'; there are fast_cpu, "
            "low_power, balanced");
  sources_.profile.reset();
  sources_.env["SCREENALYTICS_PROFILE"] = "lowpower";
  EXPECT_EQ(refused(),
            "environment SCREENALYTICS_PROFILE: unknown profile 'lowpower'; did you "
            "mean 'low_power'?");
  std::filesystem::remove(folder_ / "performance_profiles.yaml");
  EXPECT_THAT(refused(), HasSubstr("performance_profiles.yaml has none"));
}

TEST(ShippedSettings, StandardSmoothingIsTheBuiltInOne) {
  SettingsSources sources = shipped("balanced");
  const TempFolder empty;
  SettingsSources bare;
  bare.config_dir = empty.path();
  const auto three = [](const Settings& s) {
    return std::tuple(s.screen_time.gap_tolerance_s, s.screen_time.edge_padding_s,
                      s.screen_time.min_appearance_s);
  };
  EXPECT_EQ(three(load_settings(sources)), three(load_settings(bare)));
  sources.flags["smoothing"] = "exact";
  EXPECT_EQ(three(load_settings(sources)), std::tuple(0, 0, 0));
  sources.flags["smoothing"] = "stopwatch";
  EXPECT_EQ(load_settings(sources).provenance.at("smoothing").value, "editorial");
  EXPECT_EQ(three(load_settings(sources)), std::tuple(2, 0, 1));
}

TEST_F(SettingsTest, ASmoothingPresetActsWhereNothingElseHasASay) {
  folder_.write("smoothing_presets.yaml",
                "standard: {gap_tolerance_s: 0.5}\n"
                "loose:\n  gap_tolerance_s: 3\n  min_appearance_s: 2\n");
  folder_.write("screen_time.yaml", "smoothing: loose\n");
  Settings s = load_settings(sources_);
  EXPECT_EQ(s.screen_time.gap_tolerance_s, 3);
  EXPECT_EQ(s.screen_time.min_appearance_s, 2);
  EXPECT_EQ(s.screen_time.edge_padding_s, 0);
  EXPECT_EQ(s.provenance.at("gap_tolerance_s").source,
            "smoothing loose (" + at("smoothing_presets.yaml:3") + ")");
  folder_.write("screen_time.yaml", "smoothing: loose\ngap_tolerance_s: 1\n");
  sources_.env["SCREENALYTICS_MIN_APPEARANCE_S"] = "4";
  s = load_settings(sources_);
  EXPECT_EQ(s.screen_time.gap_tolerance_s, 1);
  EXPECT_EQ(s.screen_time.min_appearance_s, 4);
}

TEST_F(SettingsTest, WrongSmoothingPresetsAreNamed) {
  sources_.flags["smoothing"] = "loose";
  EXPECT_THAT(refused(), HasSubstr("smoothing_presets.yaml has none"));
  folder_.write("smoothing_presets.yaml", "standard: {}\nlooser: {edge_padding_s: 1}\n");
  EXPECT_EQ(refused(),
            "flag --smoothing: unknown smoothing preset 'loose'; did you mean 'looser'?");
  folder_.write("smoothing_presets.yaml", "loose: {stride: 1}\n");
  EXPECT_THAT(refused(), HasSubstr("smoothing_presets.yaml:1: 'stride' is set by the profiles"));
  folder_.write("smoothing_presets.yaml", "loose:\n  edge_padding_s: 11\n");
  EXPECT_THAT(refused(), HasSubstr("smoothing_presets.yaml:2: edge_padding_s is '11', not a"));
  folder_.write("smoothing_presets.yaml", "loose:\n  edge_paddin_s: 1\n");
  EXPECT_THAT(refused(), HasSubstr("did you mean 'edge_padding_s'?"));
}

TEST_F(SettingsTest, WrongFlagsAndVariablesAreErrorsThatNameThem) {
  sources_.flags = {{"confidence", "0.5"}};
  EXPECT_EQ(refused(), "unknown setting 'confidence'; did you mean 'confidence_th'?");
  sources_.flags = {{"qqqqqqqqqqqq", "0.5"}};
  EXPECT_EQ(refused(), "unknown setting 'qqqqqqqqqqqq'; see --help");
  sources_.flags = {{"stride", "-1"}};
  EXPECT_EQ(refused(), "--stride: stride is '-1', not a whole number from 1 to 100000");
  sources_.flags.clear();
  sources_.env = {{"SCREENALYTICS_STRIDE", "two"}};
  EXPECT_THAT(refused(), StartsWith("environment SCREENALYTICS_STRIDE: stride is 'two', not a"));
}

TEST_F(SettingsTest, SettingsThatContradictEachOtherAreNamedWithTheirSources) {
  sources_.flags = {{"min_confidence", "0.95"}};
  EXPECT_EQ(refused(),
            "min_confidence 0.95 (flag --min-confidence) is above max_confidence 0.9 "
            "(default); lower the first or raise the second");
  sources_.flags = {{"gate_soft", "0.1"}};
  EXPECT_THAT(refused(), HasSubstr("gate_hard 0.65 (default) is above gate_soft 0.1"));
  sources_.flags = {{"coreml_det_size", "32"}};
  EXPECT_THAT(refused(), HasSubstr("is not 0 or a whole number from 64 to 4096"));
}

TEST_F(SettingsTest, SettingsThatOverrideEachOtherAreNoted) {
  sources_.flags = {{"track_buffer", "600"}, {"track_thresh", "0.9"}};
  EXPECT_THAT(load_settings(sources_).notes,
              ElementsAre(StartsWith("track_buffer 600 (flag --track-buffer) acts as its upper "
                                     "limit, max_track_buffer 300"),
                          StartsWith("new_track_thresh 0.85 (default) acts as track_thresh 0.9")));
}

TEST_F(SettingsTest, ValuesKnowWhetherTheyAreText) {
  sources_.flags = {{"min_size", "90px"}};
  const Provenance p = load_settings(sources_).provenance;
  EXPECT_TRUE(p.at("min_size").text);
  EXPECT_TRUE(p.at("device").text);
  EXPECT_FALSE(p.at("stride").text);
  EXPECT_FALSE(p.at("save_frames").text);
  sources_.flags.clear();
  EXPECT_FALSE(load_settings(sources_).provenance.at("min_size").text);
}

TEST_F(SettingsTest, AMissingFolderIsAnErrorThatSaysWhatToSet) {
  sources_.config_dir = folder_ / "none";
  EXPECT_THAT(refused(), HasSubstr("is not a folder; set SCREENALYTICS_HOME"));
}

TEST(ProcessEnvironment, HoldsOurVariablesAndNoOthers) {
  ::setenv("SCREENALYTICS_TEST_ONLY", "a=b", 1);
  ::setenv("OPENBLAS_NUM_THREADS", "3", 1);
  const auto env = process_environment();
  ::unsetenv("SCREENALYTICS_TEST_ONLY");
  ::unsetenv("OPENBLAS_NUM_THREADS");
  EXPECT_EQ(env.at("SCREENALYTICS_TEST_ONLY"), "a=b");
  EXPECT_EQ(env.at("OPENBLAS_NUM_THREADS"), "3");
  EXPECT_EQ(env.count("PATH"), 0u);
}

TEST(TrackingSettings, BuffersAreSecondsWhateverTheFrameRate) {
  const TrackingSettings tracking;
  EXPECT_EQ(tracking.keep_lost_s(), 3);
  EXPECT_EQ(tracking.max_keep_lost_s(), 10);
}

}  // namespace
}  // namespace screenalytics
