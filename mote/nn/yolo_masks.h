#pragma once

#include <vector>

#include <torch/torch.h>

#include "mote/nn/yolo_nms.h"

namespace mote::nn {

// Masks are computed where the prototypes are; detections may be on the CPU.

/// The masks of detections at the size of the network's input: coefficients times prototypes, cut
/// to each box at the size of the prototypes, resized bilinearly, above 0 inside.
///
/// Bolya et al., "YOLACT", ICCV 2019 (arXiv:1904.02689), sec. 3.1; without the sigmoid, whose
/// threshold of 0.5 moves the resized edge a little.
/// Shapes: detections of D instances, prototypes (P, H / 4, W / 4) -> (D, H, W) bool.
torch::Tensor yolo_masks(const YoloDetections& detections, const torch::Tensor& prototypes);

/// The part of a mask of yolo_masks in which it may be anything but 0.
struct CutMask {
  int64_t y_px = 0;  ///< of its first row and column in the network's input
  int64_t x_px = 0;
  torch::Tensor mask;  ///< (h, w) bool; h and w are multiples of 4, possibly 0
};

/// The masks of yolo_masks, each cut to where its box is: time and memory go with the area of the
/// boxes, not with the number of detections times the area of the image.
std::vector<CutMask> yolo_cut_masks(const YoloDetections& detections,
                                    const torch::Tensor& prototypes);

/// How an image lies in the network's square or oblong input: scaled by `gain`, centred, the rest
/// padded.
struct Letterbox {
  int64_t height_px = 0;  ///< of the image
  int64_t width_px = 0;
  double gain = 1;
  double top = 0;  ///< padding, in px of the network's input, as boxes are shifted by it
  double left = 0;
};

/// The letterbox of an image in an input of `input_height_px` x `input_width_px`.
/// Throws kUsage for an empty image or input.
Letterbox letterbox(int64_t height_px, int64_t width_px, int64_t input_height_px,
                    int64_t input_width_px);

/// Boxes in px of the image from boxes in px of the network's input, clipped to the image.
///
/// Shapes: boxes (D, 4) -> (D, 4).
torch::Tensor native_boxes(const torch::Tensor& boxes, const Letterbox& letterbox);

/// Mask logits at the size of the image that the letterbox describes: the padding cut off the
/// prototypes' products, the rest resized bilinearly; neither cropped to boxes nor thresholded, for
/// boundaries finer than pixels.
///
/// Shapes: coefficients (D, P), prototypes (P, H / 4, W / 4) -> (D, height_px, width_px) float32.
torch::Tensor native_mask_logits(const torch::Tensor& coefficients, const torch::Tensor& prototypes,
                                 const Letterbox& letterbox);

/// The masks of detections at the size of the image: logits resized first, then cut to the boxes:
/// sharper at the box edges than yolo_masks.
///
/// Shapes: detections of D instances, prototypes (P, H / 4, W / 4) -> (D, height_px, width_px)
/// bool.
torch::Tensor native_masks(const YoloDetections& detections, const torch::Tensor& prototypes,
                           const Letterbox& letterbox);

}  // namespace mote::nn
