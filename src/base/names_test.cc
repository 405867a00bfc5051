// SPDX-License-Identifier: MIT
#include "base/names.h"

#include <gmock/gmock.h>

#include <vector>

#include "base/error.h"
#include "testing/caught_error.h"

namespace screenalytics {
namespace {

using ::testing::HasSubstr;

TEST(NearestName, FindsTypingErrorsAndBeginningsAndNothingFarAway) {
  const std::vector<std::string_view> keys{"confidence_th", "match_thresh", "stride", "stage",
                                           "new_track_thresh"};
  EXPECT_EQ(nearest_name("confidence", keys), "confidence_th");
  EXPECT_EQ(nearest_name("confidense_th", keys), "confidence_th");
  EXPECT_EQ(nearest_name("tresh_match", keys), "");
  EXPECT_EQ(nearest_name("match_tresh", keys), "match_thresh");
  EXPECT_EQ(nearest_name("strid", keys), "stride");
  EXPECT_EQ(nearest_name("stirde", keys), "stride");
  EXPECT_EQ(nearest_name("completely_different", keys), "");
  EXPECT_EQ(nearest_name("", keys), "");
  EXPECT_EQ(nearest_name("a", {}), "");
}

TEST(Names, AreWhateverCanBeWritten) {
  for (const char* name : {"Ann", "Zo\xC3\xAB O'Hara", "\xE5\xB1\xB1\xE7\x94\xB0", "<script>",
                           " A ", "\xF0\x9F\x98\x80"}) {
    EXPECT_NO_THROW(require_name(name)) << name;
  }
  EXPECT_NO_THROW(require_name(std::string(kMaxName, 'a')));
}

TEST(Names, AreRefusedWhereTheyCannotBeShown) {
  const auto refused = [](const std::string& name) {
    return std::string(caught_error([&] { require_name(name); }).what());
  };
  EXPECT_THAT(refused(std::string(kMaxName + 1, 'a')), HasSubstr("at most 200 bytes"));
  for (const char* name : {"a\nb", "a\x7F", "a\xC2\x85", "\xC0\xAF", "\xED\xA0\x80",
                           "\xF4\x90\x80\x80", "\xE2\x82", "\x80", "\xFF"}) {
    EXPECT_THAT(refused(name), HasSubstr("without control characters"));
  }
  EXPECT_THAT(refused(""), HasSubstr("blanks"));
  EXPECT_THAT(refused("  "), HasSubstr("blanks"));
}

}  // namespace
}  // namespace screenalytics
