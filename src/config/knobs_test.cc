// Tests of the knob table: parsing, ranges, names.
// SPDX-License-Identifier: MIT
#include "config/knobs.h"

#include <gmock/gmock.h>

#include <set>
#include <tuple>

#include "testing/caught_error.h"

namespace screenalytics {
namespace {

using ::testing::HasSubstr;

const Knob& knob(std::string_view key) {
  const Knob* found = find_knob(key);
  EXPECT_NE(found, nullptr) << key;
  return *found;
}

TEST(Knobs, EachHasOneKeyAndFlagAHelpLineAndADefaultThatItAccepts) {
  std::set<std::string> keys, flags;
  for (const Knob& each : knobs()) {
    EXPECT_TRUE(keys.insert(std::string(each.key)).second) << each.key;
    EXPECT_TRUE(flags.insert(each.flag).second) << each.flag;
    EXPECT_FALSE(each.help.empty()) << each.key;
    EXPECT_EQ(each.help.find('\n'), std::string_view::npos) << each.key;
    Settings settings;
    EXPECT_NO_THROW(set_knob(settings, each, each.default_text, "default")) << each.key;
    EXPECT_EQ(knob_text(settings, each), each.default_text) << each.key;
  }
  EXPECT_EQ(knob("confidence_th").flag, "--confidence-th");
  EXPECT_EQ(find_knob("nonsense"), nullptr);
}

// Two knobs that set one member would make one of them act on nothing.
TEST(Knobs, EachSetsAMemberOfItsOwn) {
  for (const Knob& each : knobs()) {
    std::string other = "x";
    if (each.type == KnobType::boolean) other = each.default_text == "true" ? "false" : "true";
    if (each.type == KnobType::choice) {
      other = each.choices[each.choices[0] == each.default_text ? 1 : 0];
    }
    if (each.type == KnobType::face_size) other = "77px";
    if (each.type == KnobType::integer || each.type == KnobType::real) {
      other = each.default_text == std::to_string(static_cast<int>(each.max))
                  ? std::to_string(static_cast<int>(each.min))
                  : std::to_string(static_cast<int>(each.max));
    }
    Settings settings;
    set_knob(settings, each, other, "test");
    for (const Knob& any : knobs()) {
      EXPECT_EQ(knob_text(settings, any), any.key == each.key ? other : any.default_text)
          << each.key << " against " << any.key;
    }
  }
}

TEST(Knobs, FaceSizesAreRelativeOrInPixels) {
  Settings settings;
  set_knob(settings, knob("min_size"), "120", "test");
  EXPECT_EQ(settings.detection.min_size, (FaceSize{120, false}));
  set_knob(settings, knob("min_size"), "36.5px", "test");
  EXPECT_EQ(settings.detection.min_size, (FaceSize{36.5, true}));
  set_knob(settings, knob("min_size"), "40 px", "test");
  EXPECT_EQ(settings.detection.min_size, (FaceSize{40, true}));
  EXPECT_EQ(knob_text(settings, knob("min_size")), "40px");
}

TEST(Knobs, BooleansAreWordsInEveryUsualSpelling) {
  Settings settings;
  for (const char* text : {"true", "True", "yes", "on"}) {
    settings.run.allow_cpu_fallback = false;
    set_knob(settings, knob("allow_cpu_fallback"), text, "test");
    EXPECT_TRUE(settings.run.allow_cpu_fallback) << text;
  }
  for (const char* text : {"false", "False", "no", "off"}) {
    settings.run.allow_cpu_fallback = true;
    set_knob(settings, knob("allow_cpu_fallback"), text, "test");
    EXPECT_FALSE(settings.run.allow_cpu_fallback) << text;
  }
}

TEST(Knobs, BothEndsOfARangeAreAllowed) {
  Settings settings;
  set_knob(settings, knob("confidence_th"), "0", "test");
  set_knob(settings, knob("confidence_th"), "1", "test");
  set_knob(settings, knob("gate_hard"), "-1", "test");
  EXPECT_EQ(settings.tracking.gate_hard, -1);
  set_knob(settings, knob("stride"), "+3", "test");
  EXPECT_EQ(settings.sampling.stride, 3);
}

TEST(Knobs, WrongValuesNameThePlaceTheKeyTheValueAndTheRange) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"confidence_th", "1.5", "here: confidence_th is '1.5', not a number from 0 to 1"},
      {"confidence_th", "-0.01", "not a number from 0 to 1"},
      {"confidence_th", "nan", "not a number from 0 to 1"},
      {"confidence_th", "inf", "not a number from 0 to 1"},
      {"confidence_th", "0,8", "not a number from 0 to 1"},
      {"confidence_th", "", "confidence_th is '', not a number"},
      {"confidence_th", "+", "not a number"},
      {"stride", "0", "stride is '0', not a whole number from 1 to 100000"},
      {"stride", "2.5", "stride is '2.5', not a whole number"},
      {"stride", "99999999999", "not a whole number"},
      {"jpeg_quality", "101", "not a whole number from 1 to 100"},
      {"save_frames", "1", "save_frames is '1', not true or false"},
      {"save_frames", "treu", "not true or false"},
      {"nms_mode", "sof", "nms_mode is 'sof', not one of hard, soft; did you mean 'soft'?"},
      {"device", "gpu", "device is 'gpu', not one of auto, cpu, cuda, coreml, mps, webgpu"},
      {"min_size", "90pt", "not a number from 0 to 4320, or one with the unit px"},
      {"min_size", "px", "or one with the unit px"},
      {"min_size", "-1", "or one with the unit px"},
      {"min_size", "5000px", "or one with the unit px"},
  };
  for (const auto& bad : cases) {
    const char* key = std::get<0>(bad);
    const char* text = std::get<1>(bad);
    Settings settings;
    const Error error = caught_error([&] { set_knob(settings, knob(key), text, "here"); });
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument) << key << " " << text;
    EXPECT_THAT(error.what(), HasSubstr(std::get<2>(bad)));
    EXPECT_EQ(knob_text(settings, knob(key)), knob(key).default_text) << key << " " << text;
  }
  EXPECT_EQ(allowed_values(knob("out_root")), "a text");
}

}  // namespace
}  // namespace screenalytics
