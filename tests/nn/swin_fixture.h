#pragma once

#include "mote/nn/swin_unet.h"
#include "tests/nn/golden.h"

namespace mote::golden {

nn::SwinUnetOptions swin_options(const Fixture& fixture);

/// Every stage of the network from the one before it, then the whole of it: the first that fails is
/// where the fault is.
void expect_swin_stages(const Fixture& fixture, nn::SwinUnet& network);

}  // namespace mote::golden
