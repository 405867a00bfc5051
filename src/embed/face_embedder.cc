// SPDX-License-Identifier: MIT
#include "embed/face_embedder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"
#include "base/error.h"
#include "embed/align.h"

namespace screenalytics {
namespace {

constexpr auto kSide = static_cast<size_t>(kCropSize);
constexpr size_t kPlane = kSide * kSide;

class NetworkEmbedder : public FaceEmbedder {
 public:
  NetworkEmbedder(const ModelManifest& manifest, const SessionOptions& options, int batch_size);

  std::vector<Embedding> embed(std::span<const Image> crops,
                               std::vector<float>* norms) const override;
  int dim() const override { return manifest_.embedding_dim; }
  const std::string& device() const override { return session_.device(); }
  const std::string& note() const override { return session_.note(); }

 private:
  void check_interface() const;
  void write_crop(const Image& crop, float* out) const;
  void embed_batch(std::span<const Image> crops, std::vector<Embedding>& embeddings,
                   std::vector<float>* norms) const;

  ModelManifest manifest_;
  Session session_;
  size_t batch_size_;
};

NetworkEmbedder::NetworkEmbedder(const ModelManifest& manifest, const SessionOptions& options,
                                 int batch_size)
    : manifest_(manifest),
      session_(manifest, options),
      batch_size_(static_cast<size_t>(batch_size)) {
  check_interface();
  if (session_.input().shape[0] > 0) batch_size_ = 1;
}

void NetworkEmbedder::check_interface() const {
  const std::vector<int64_t>& shape = session_.input().shape;
  const std::vector<TensorInfo>& outputs = session_.outputs();
  const int64_t dim = outputs.empty() || outputs[0].shape.empty() ? 0 : outputs[0].shape.back();
  const auto fits = [](int64_t side) { return side <= 0 || side == kCropSize; };
  if (outputs.size() == 1 && fits(shape[2]) && fits(shape[3]) && shape[0] <= 1 &&
      manifest_.embedding_dim > 0 && (dim < 0 || dim == manifest_.embedding_dim)) {
    return;
  }
  throw Error(ErrorCode::model,
              fmt::format("cannot use model {}: {} maps [{}] to {} outputs, the first of {} "
                          "values; an embedder maps [n, 3, {}, {}] to one output of "
                          "embedding_dim ({}) values; correct its manifest",
                          manifest_.id, manifest_.file.string(), fmt::join(shape, ", "),
                          outputs.size(), dim, kCropSize, kCropSize, manifest_.embedding_dim));
}

void NetworkEmbedder::write_crop(const Image& crop, float* out) const {
  SA_CHECK(crop.width == kCropSize && crop.height == kCropSize && crop.channels == 3);
  for (size_t c = 0; c < 3; ++c) {
    const size_t source = manifest_.bgr ? 2 - c : c;
    const float scale = manifest_.scale[c], offset = -manifest_.mean[c] * scale;
    const uint8_t* const in = crop.pixels.data() + source;
    for (size_t i = 0; i < kPlane; ++i) {
      out[c * kPlane + i] = static_cast<float>(in[3 * i]) * scale + offset;
    }
  }
}

void NetworkEmbedder::embed_batch(std::span<const Image> crops, std::vector<Embedding>& embeddings,
                                  std::vector<float>* norms) const {
  std::vector<float> input(crops.size() * 3 * kPlane);
  for (size_t i = 0; i < crops.size(); ++i) write_crop(crops[i], input.data() + i * 3 * kPlane);
  const std::vector<Tensor> outputs =
      session_.run(input, {static_cast<int64_t>(crops.size()), 3, kCropSize, kCropSize});
  const std::vector<float>& values = outputs[0].values;
  const auto dim = static_cast<size_t>(manifest_.embedding_dim);
  if (values.size() != crops.size() * dim) {
    throw Error(ErrorCode::model,
                fmt::format("cannot use model {}: it gave {} values for {} crops, not {} each; "
                            "correct embedding_dim in its manifest",
                            manifest_.id, values.size(), crops.size(), dim));
  }
  for (size_t i = 0; i < crops.size(); ++i) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(i * dim);
    Embedding embedding(first, first + static_cast<std::ptrdiff_t>(dim));
    if (norms != nullptr) {
      norms->push_back(std::sqrt(
          std::inner_product(embedding.begin(), embedding.end(), embedding.begin(), 0.0f)));
    }
    normalize(embedding);
    embeddings.push_back(std::move(embedding));
  }
}

std::vector<Embedding> NetworkEmbedder::embed(std::span<const Image> crops,
                                              std::vector<float>* norms) const {
  if (norms != nullptr) norms->clear();
  std::vector<Embedding> embeddings;
  embeddings.reserve(crops.size());
  for (size_t first = 0; first < crops.size(); first += batch_size_) {
    embed_batch(crops.subspan(first, std::min(batch_size_, crops.size() - first)), embeddings,
                norms);
  }
  return embeddings;
}

}  // namespace

std::unique_ptr<FaceEmbedder> make_face_embedder(const ModelManifest& manifest,
                                                 const SessionOptions& options, int batch_size) {
  SA_CHECK(batch_size >= 1);
  if (manifest.family != ModelFamily::arcface) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("cannot embed faces with model {}: its family detects faces; choose a "
                            "model of family arcface",
                            manifest.id));
  }
  return std::make_unique<NetworkEmbedder>(manifest, options, batch_size);
}

}  // namespace screenalytics
