// Tests of identities.json: what is written is read again, and nonsense is refused.
// SPDX-License-Identifier: MIT
#include "artifacts/identities_file.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "artifacts/atomic_file.h"
#include "testing/caught_error.h"
#include "testing/json_file.h"
#include "testing/temp_folder.h"

namespace screenalytics {
namespace {

using ::testing::HasSubstr;

IdentityList two_identities() {
  IdentityList list;
  list.ep_id = "ep";
  const std::string at = "2026-01-31T12:00:00.123Z";
  list.identities = {{1, 1, {1, 4}, "", 0.9, 0.19, 70, {}, false, at, at},
                     {2,
                      {},
                      {2},
                      "frames/ep/thumbs/identity-00002/rep.jpg",
                      1,
                      0,
                      30,
                      {"Ann", "ann", 0.71, 0.4, "known", "photo 1"},
                      true,
                      at,
                      at}};
  list.tracks = 4;
  list.cluster_thresh = 0.34;
  list.linkage = "average";
  list.created_at = "2026-01-31T12:00:00.123Z";
  return list;
}

TEST(IdentitiesFile, IdentitiesAreReadAsTheyWereWritten) {
  const TempFolder folder;
  const IdentityList list = two_identities();
  write_identities(folder / "identities.json", list);
  const IdentityList read = read_identities(folder / "identities.json");
  EXPECT_EQ(read.identities, list.identities);
  EXPECT_EQ(read.ep_id, "ep");
  EXPECT_EQ(read.tracks, 4);
  EXPECT_EQ(read.linkage, "average");
  with_json_file(folder / "identities.json", "identities_v1", [](const nlohmann::json& json) {
    EXPECT_EQ(json.at("identities").at(0).at("identity_id"), "identity-00001");
    EXPECT_EQ(json.at("identities").at(0).at("track_ids").at(1), "track-00004");
    EXPECT_EQ(json.at("metadata").at("num_singletons"), 1);
    EXPECT_DOUBLE_EQ(json.at("metadata").at("singleton_fraction"), 0.5);
    EXPECT_DOUBLE_EQ(json.at("metadata").at("largest_cluster_fraction"), 2.0 / 3);
  });
}

TEST(IdentitiesFile, AnIdentityEditedIntoNonsenseIsRefusedByName) {
  const TempFolder folder;
  const auto path = folder / "identities.json";
  write_identities(path, two_identities());
  const std::string good = read_file(path);
  const auto error_after = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    write_file_atomically(path, text);
    return caught_error([&] { read_identities(path); });
  };
  EXPECT_THAT(error_after("\"track-00002\"", "\"track-00004\"").what(),
              HasSubstr("a track that is in no other identity"));
  EXPECT_THAT(error_after("\"identity-00002\"", "\"identity-00001\"").what(),
              HasSubstr("identities[1].identity_id"));
  EXPECT_THAT(error_after("\"track-00002\"", "7").what(), HasSubstr("names like track-00001"));
  EXPECT_THAT(error_after("\"identity-00002\"", "\"../2\"").what(),
              HasSubstr("a name like identity-00001"));
  for (const char* outside : {"\"/etc/passwd\"", "\"frames/../../x.jpg\"", "\"..\""}) {
    EXPECT_THAT(error_after("\"canonical_face_path\": null",
                            std::string("\"canonical_face_path\": ") + outside)
                    .what(),
                HasSubstr("a path below the output root"));
  }
  EXPECT_EQ(error_after("{", "").code(), ErrorCode::corrupt_input);
  EXPECT_EQ(error_after("identities_v1", "identities_v9").code(), ErrorCode::corrupt_input);
}

TEST(IdentitiesFile, NoFileIsWrittenOfIdentitiesThatShareATrack) {
  const TempFolder folder;
  IdentityList list = two_identities();
  list.identities[1].tracks = {4};
  const Error error = caught_error([&] { write_identities(folder / "i.json", list); });
  EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
  EXPECT_FALSE(std::filesystem::exists(folder / "i.json"));
}

}  // namespace
}  // namespace screenalytics
