// Finds where the person changes inside of a finished track, from the vectors of its faces.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/face.h"

namespace screenalytics {

// faces: unit vectors of one track's faces, in the order of time. similarity: cosine below which
// the faces before and behind a place are two people's.
//
// Compared are the means of up to five, and of up to three, faces before and behind each place; the
// place where they are least alike comes first, then each part is looked at by itself. Each side
// must have two faces at least that are themselves alike: a blurred face is no other person.
// Returns the indices, ascending, of the faces with which another person begins.
// Pure. Cost: faces x vector length, times the number of changes.
std::vector<size_t> find_person_changes(std::span<const Embedding> faces, double similarity);

}  // namespace screenalytics
