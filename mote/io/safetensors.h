#pragma once

#include <string>
#include <string_view>

#include "mote/core/weights.h"

namespace mote::io {

/// True where `leading_bytes`, nine or more of them, may begin a safetensors file.
bool looks_like_safetensors(std::string_view leading_bytes);

/// Reads a safetensors file (Hugging Face, github.com/huggingface/safetensors, "Format"): the
/// length of a JSON header in 8 bytes, little-endian, the header, then the numbers of all tensors
/// without gaps. The numbers stay in the file, which is mapped into memory, until they are looked
/// at.
///
/// Throws kBadFile where the header is not as the format says, or claims what the file does not
/// hold; kUnsupported for types that mote's networks do not have (8-bit floats, unsigned 16 bits
/// and more). Messages name the tensor, not the path.
Weights read_safetensors(const std::string& path);

/// Writes `weights` and their metadata. Each tensor lies at a multiple of its type's size, as
/// readers that map the file expect. The same weights make the same bytes.
/// Throws kUsage where two tensors have one name or a tensor's bytes are not those of its shape;
/// kResource where the file cannot be written.
void write_safetensors(const std::string& path, const Weights& weights);

}  // namespace mote::io
