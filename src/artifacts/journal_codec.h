// Private to this module: a journal record as CBOR and back.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "artifacts/journal.h"

namespace screenalytics {

// Before each payload: its length and its CRC-32, both little-endian.
inline constexpr size_t kJournalPrefix = 8;
// A thousand faces in one frame are 2 MB; more is a torn or foreign length.
inline constexpr uint32_t kMaxJournalPayload = 64u << 20;

std::vector<uint8_t> encode_header(const std::string& fingerprint);
std::vector<uint8_t> encode_record(const FrameRecord& record);

// Returns the length prefix, the checksum and the payload. Requires: payload within the limit.
std::vector<uint8_t> frame_payload(const std::vector<uint8_t>& payload);

struct PayloadPrefix {
  uint32_t size = 0, crc = 0;
};
PayloadPrefix read_prefix(std::span<const uint8_t, kJournalPrefix> bytes);

// CRC-32 of IEEE 802.3. Pure.
uint32_t crc32(std::span<const uint8_t> bytes);

// Returns the fingerprint. Throws: corrupt_input where the payload is no header of this format
// version.
std::string decode_header(std::span<const uint8_t> payload, const std::string& where);

// Throws: corrupt_input.
FrameRecord decode_record(std::span<const uint8_t> payload, const std::string& where);

}  // namespace screenalytics
