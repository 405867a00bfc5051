// SPDX-License-Identifier: MIT
#include "artifacts/journal_codec.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <type_traits>

#include "artifacts/json_fields.h"
#include "base/check.h"

namespace screenalytics {
namespace {

constexpr std::string_view kMagic = "screenalytics-journal";
constexpr std::string_view kFrameType = "frame";
// Vectors are float32 in the byte order of the machine, which is little-endian on all we build
// for; the journal never leaves the machine of its run.
constexpr int kFormatVersion = 2;

constexpr std::array<uint32_t, 256> make_crc_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) ? 0xEDB88320u : 0u);
    table[i] = value;
  }
  return table;
}
constexpr auto kCrcTable = make_crc_table();

void put_u32(std::vector<uint8_t>& out, uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<uint8_t>(value >> shift));
}

uint32_t get_u32(std::span<const uint8_t> bytes) {
  return static_cast<uint32_t>(bytes[0]) | static_cast<uint32_t>(bytes[1]) << 8 |
         static_cast<uint32_t>(bytes[2]) << 16 | static_cast<uint32_t>(bytes[3]) << 24;
}

template <typename T>
Json to_binary(const std::vector<T>& values) {
  static_assert(std::is_trivially_copyable_v<T>);
  std::vector<uint8_t> bytes(values.size() * sizeof(T));
  if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return Json::binary(std::move(bytes));
}

template <typename T>
std::vector<T> from_binary(const Fields& fields, const char* name) {
  const Json& value = fields.any(name);
  if (!value.is_binary() || value.get_binary().size() % sizeof(T) != 0) {
    fields.fail(name, value, fmt::format("binary in units of {} bytes", sizeof(T)));
  }
  const auto& bytes = value.get_binary();
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

static_assert(sizeof(Detection) == 15 * sizeof(float), "a Detection is written as 15 floats");

// The nine doubles as one block: named one by one they would be most of a record without faces.
Json frame_json(const FrameRecord& frame) {
  SA_CHECK(frame.segments.size() == frame.detections.size());
  const Affine& m = frame.motion;
  const std::vector<double> numbers = {
      frame.luma, frame.confidence_th, frame.sampler_next_due_s, m.a, m.b, m.c, m.d, m.e, m.f};
  const Box& c = frame.content;
  const std::vector<float> content = {c.x1, c.y1, c.x2, c.y2};
  Json json = {{"t", kFrameType},
               {"idx", frame.frame_idx},
               {"ts", frame.ts.us},
               {"pts", frame.pts},
               {"cut", frame.starts_shot},
               {"num", to_binary(numbers)},
               {"box", to_binary(content)},
               {"det", to_binary(frame.detections)},
               {"seg", to_binary(frame.segments)}};
  Json looks = Json::array();
  for (const FaceLook& look : frame.looks) {
    const FaceQuality& q = look.quality;
    const std::vector<float> measures = {q.sharpness,  q.size,     q.pose,
                                         q.confidence, q.contrast, look.norm};
    looks.push_back({{"i", look.detection},
                     {"q", to_binary(measures)},
                     {"v", to_binary(look.vector)},
                     {"p", look.portrait}});
  }
  json["look"] = std::move(looks);
  return json;
}

constexpr int64_t kAnyInteger = std::numeric_limits<int64_t>::min();

FrameRecord parse_frame(const Fields& fields, const Place& place) {
  FrameRecord frame;
  frame.frame_idx = fields.integer("idx");
  frame.ts = Timestamp::from_us(fields.integer("ts", kAnyInteger));
  frame.pts = fields.integer("pts", kAnyInteger);
  const Json& cut = fields.any("cut");
  if (!cut.is_boolean()) fields.fail("cut", cut, "true or false");
  frame.starts_shot = cut.get<bool>();
  const auto numbers = from_binary<double>(fields, "num");
  if (numbers.size() != 9) fields.fail("num", fields.any("num"), "nine numbers");
  frame.luma = numbers[0];
  frame.confidence_th = numbers[1];
  frame.sampler_next_due_s = numbers[2];
  frame.motion = {numbers[3], numbers[4], numbers[5], numbers[6], numbers[7], numbers[8]};
  const auto content = from_binary<float>(fields, "box");
  if (content.size() != 4) fields.fail("box", fields.any("box"), "four numbers");
  frame.content = {content[0], content[1], content[2], content[3]};
  frame.detections = from_binary<Detection>(fields, "det");
  frame.segments = from_binary<int>(fields, "seg");
  if (frame.segments.size() != frame.detections.size()) {
    fields.fail("seg", fields.any("seg"), "one number a detection");
  }
  for (const Json& entry : fields.array("look")) {
    const Fields look(entry, place, "look.");
    const int64_t index = look.integer("i");
    if (index >= static_cast<int64_t>(frame.detections.size())) {
      look.fail("i", entry["i"], "the index of a detection");
    }
    const auto q = from_binary<float>(look, "q");
    if (q.size() != 6) look.fail("q", look.any("q"), "six numbers");
    frame.looks.push_back({static_cast<int>(index),
                           {q[0], q[1], q[2], q[3], q[4]},
                           q[5],
                           from_binary<float>(look, "v"),
                           look.boolean("p")});
  }
  return frame;
}

Json parse_cbor(std::span<const uint8_t> payload, const Place& place) {
  Json json = Json::from_cbor(payload.begin(), payload.end(), true, false);
  if (json.is_discarded()) place.fail("a record is not CBOR");
  return json;
}

}  // namespace

uint32_t crc32(std::span<const uint8_t> bytes) {
  uint32_t value = 0xFFFFFFFFu;
  for (uint8_t byte : bytes) value = (value >> 8) ^ kCrcTable[(value ^ byte) & 0xFFu];
  return ~value;
}

std::vector<uint8_t> frame_payload(const std::vector<uint8_t>& payload) {
  SA_CHECK(!payload.empty() && payload.size() <= kMaxJournalPayload);
  std::vector<uint8_t> bytes;
  bytes.reserve(kJournalPrefix + payload.size());
  put_u32(bytes, static_cast<uint32_t>(payload.size()));
  put_u32(bytes, crc32(payload));
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  return bytes;
}

PayloadPrefix read_prefix(std::span<const uint8_t, kJournalPrefix> bytes) {
  return {get_u32(bytes.first(4)), get_u32(bytes.subspan(4))};
}

std::vector<uint8_t> encode_header(const std::string& fingerprint) {
  return Json::to_cbor({{"t", kMagic}, {"version", kFormatVersion}, {"fingerprint", fingerprint}});
}

std::vector<uint8_t> encode_record(const FrameRecord& record) {
  return Json::to_cbor(frame_json(record));
}

std::string decode_header(std::span<const uint8_t> payload, const std::string& where) {
  const Place place{where};
  const Json json = parse_cbor(payload, place);
  const Fields fields(json, place);
  if (fields.text("t") != kMagic) place.fail("it is not a journal of screenalytics");
  const int64_t version = fields.integer("version");
  if (version != kFormatVersion) {
    place.fail(
        fmt::format("its format version is {}, this program has {}", version, kFormatVersion));
  }
  return fields.text("fingerprint", true);
}

FrameRecord decode_record(std::span<const uint8_t> payload, const std::string& where) {
  const Place place{where};
  const Json json = parse_cbor(payload, place);
  const Fields fields(json, place);
  if (fields.text("t") != kFrameType) fields.fail("t", fields.any("t"), "a type of record");
  return parse_frame(fields, place);
}

}  // namespace screenalytics
