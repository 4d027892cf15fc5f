#include <algorithm>
#include <limits>
#include <map>
#include <numeric>

#include "mote/core/error.h"
#include "mote/learned/onnx_operators.h"

namespace mote::learned {
namespace {

using Node = torch::jit::Node;
using Builder = OnnxBuilder;

constexpr int64_t kEnd = std::numeric_limits<int64_t>::max();

int64_t rank(const Node& node) {
  return static_cast<int64_t>(Builder::shape(*Builder::argument(node, "self")).size());
}

/// A dimension counted from the first, which may be given from the last.
int64_t from_first(int64_t given, int64_t rank) {
  return given < 0 ? given + rank : given;
}

int64_t axis(const Builder& builder, const Node& node, const std::string& name) {
  return from_first(builder.whole(node, name), rank(node));
}

/// Likewise, of what comes out.
int64_t axis_of_output(const Builder& builder, const Node& node) {
  return from_first(builder.whole(node, "dim"),
                    static_cast<int64_t>(Builder::shape(*node.output()).size()));
}

/// Whatever only sees the same numbers, row-major, in another shape.
void reshape(Builder& builder, const Node& node) {
  const std::vector<int64_t> sizes = builder.sizes(*node.output());
  if (std::count(sizes.begin(), sizes.end(), Builder::kOpen) > 1) {
    throw Error(ErrorKind::kUnsupported, "{} to a shape with two open sizes",
                node.kind().toQualString());
  }
  builder.finish(node, "Reshape",  // which finds one size, marked by -1, itself
                 {builder.input(node, "self"), builder.add_wholes(sizes)});
}

void identity(Builder& builder, const Node& node) {
  builder.finish(node, builder.name(node.input(0)));
}

void expand(Builder& builder, const Node& node) {
  builder.finish(node, "Expand", {builder.input(node, "self"), builder.add_shape(*node.output())});
}

void permute(Builder& builder, const Node& node) {
  std::vector<int64_t> order = builder.wholes(node, "dims");
  for (int64_t& one : order) {
    one = from_first(one, rank(node));
  }
  builder.finish(node, "Transpose", {builder.input(node, "self")}, {{"perm", order}});
}

void transpose(Builder& builder, const Node& node) {
  std::vector<int64_t> order(static_cast<size_t>(rank(node)));
  std::iota(order.begin(), order.end(), int64_t{0});
  std::swap(order.at(static_cast<size_t>(axis(builder, node, "dim0"))),
            order.at(static_cast<size_t>(axis(builder, node, "dim1"))));
  builder.finish(node, "Transpose", {builder.input(node, "self")}, {{"perm", order}});
}

void turn(Builder& builder, const Node& node) {  // aten::t
  builder.finish(node, "Transpose", {builder.input(node, "self")});
}

void cat(Builder& builder, const Node& node) {
  builder.finish(node, "Concat", builder.list(node, "tensors"),
                 {{"axis", axis_of_output(builder, node)}});
}

void stack(Builder& builder, const Node& node) {
  const int64_t at = axis_of_output(builder, node);
  std::vector<std::string> parts;
  for (const std::string& tensor : builder.list(node, "tensors")) {
    parts.push_back(builder.add("Unsqueeze", {tensor, builder.add_wholes({at})}));
  }
  builder.finish(node, "Concat", parts, {{"axis", at}});
}

std::string part(Builder& builder, const std::string& whole, int64_t at, int64_t begin, int64_t end,
                 int64_t step = 1) {
  return builder.add("Slice", {whole, builder.add_wholes({begin}), builder.add_wholes({end}),
                               builder.add_wholes({at}), builder.add_wholes({step})});
}

void slice(Builder& builder, const Node& node) {
  const auto begin = builder.constant(node, "start");
  const auto end = builder.constant(node, "end");
  builder.finish(node, part(builder, builder.input(node, "self"), axis(builder, node, "dim"),
                            begin.isNone() ? 0 : begin.toInt(), end.isNone() ? kEnd : end.toInt(),
                            builder.whole(node, "step")));
}

void narrow(Builder& builder, const Node& node) {
  const int64_t begin = builder.whole(node, "start");
  builder.finish(node, part(builder, builder.input(node, "self"), axis(builder, node, "dim"), begin,
                            begin + builder.whole(node, "length")));
}

void select(Builder& builder, const Node& node) {
  const std::string index =
      builder.add_constant(torch::scalar_tensor(builder.whole(node, "index"), torch::kInt64));
  builder.finish(node, "Gather", {builder.input(node, "self"), index},
                 {{"axis", axis(builder, node, "dim")}});
}

void index_select(Builder& builder, const Node& node) {
  builder.finish(node, "Gather", {builder.input(node, "self"), builder.input(node, "index")},
                 {{"axis", axis(builder, node, "dim")}});
}

/// chunk, split, unbind: the pieces' sizes are those that were traced.
void split(Builder& builder, const Node& node) {
  const Node* unpacked = nullptr;
  for (const torch::jit::Use& use : node.output()->uses()) {
    unpacked = use.user->kind() == torch::jit::prim::ListUnpack ? use.user : unpacked;
  }
  if (unpacked == nullptr) {
    throw Error(ErrorKind::kUnsupported, "{} whose pieces are not taken apart",
                node.kind().toQualString());
  }
  const std::string whole = builder.name(Builder::argument(node, "self"));
  const int64_t at = axis(builder, node, "dim");
  const bool one_each = node.kind() == torch::jit::aten::unbind;
  std::vector<std::string> pieces;
  int64_t begin = 0;
  for (const torch::jit::Value* piece : unpacked->outputs()) {
    const int64_t size = one_each ? 1 : builder.fixed_size(*piece, at);
    pieces.push_back(part(builder, whole, at, begin, begin + size));
    if (one_each) {
      pieces.back() = builder.add("Squeeze", {pieces.back(), builder.add_wholes({at})});
    }
    begin += size;
  }
  builder.finish_list(node, pieces);
}

/// Each dimension is cut in two, and the pieces change places.
void roll(Builder& builder, const Node& node) {
  const std::vector<int64_t> shifts = builder.wholes(node, "shifts");
  const std::vector<int64_t> dims = builder.wholes(node, "dims");
  std::string rolled = builder.input(node, "self");
  for (size_t i = 0; i < dims.size(); ++i) {
    const int64_t at = from_first(dims[i], rank(node));
    const int64_t size = builder.fixed_size(*node.output(), at);
    const int64_t cut = ((-shifts.at(i)) % size + size) % size;
    if (cut != 0) {
      rolled = builder.add(
          "Concat", {part(builder, rolled, at, cut, kEnd), part(builder, rolled, at, 0, cut)},
          {{"axis", at}});
    }
  }
  builder.finish(node, rolled);
}

void flip(Builder& builder, const Node& node) {
  std::string flipped = builder.input(node, "self");
  for (const int64_t dim : builder.wholes(node, "dims")) {
    flipped = part(builder, flipped, from_first(dim, rank(node)), kEnd, -kEnd, -1);
  }
  builder.finish(node, flipped);
}

void pad(Builder& builder, const Node& node) {
  const std::vector<int64_t> given = builder.wholes(node, "pad");  // last dimension first
  const auto count = static_cast<size_t>(rank(node));
  std::vector<int64_t> pads(2 * count, 0);
  for (size_t i = 0; i < given.size() / 2; ++i) {
    pads.at(count - 1 - i) = given[2 * i];
    pads.at(2 * count - 1 - i) = given[2 * i + 1];
  }
  builder.finish(
      node, "Pad",
      {builder.input(node, "self"), builder.add_wholes(pads), builder.input(node, "value")});
}

void repeat(Builder& builder, const Node& node) {
  const std::vector<int64_t> times = builder.wholes(node, "repeats");
  std::vector<int64_t> leading(times.size() - static_cast<size_t>(rank(node)));
  std::iota(leading.begin(), leading.end(), int64_t{0});
  const std::string whole =
      builder.add("Unsqueeze", {builder.input(node, "self"), builder.add_wholes(leading)});
  builder.finish(node, "Tile", {whole, builder.add_wholes(times)});
}

}  // namespace

OnnxConversion onnx_shape_conversion(const std::string& op) {
  static const std::map<std::string, OnnxConversion> table = {
      {"aten::view", reshape},
      {"aten::_unsafe_view", reshape},
      {"aten::reshape", reshape},
      {"aten::flatten", reshape},
      {"aten::unflatten", reshape},
      {"aten::squeeze", reshape},
      {"aten::unsqueeze", reshape},
      {"aten::contiguous", identity},
      {"aten::clone", identity},
      {"aten::detach", identity},
      {"aten::alias", identity},
      {"aten::dropout", identity},
      {"aten::lift_fresh", identity},
      {"aten::expand", expand},
      {"aten::expand_as", expand},
      {"aten::broadcast_to", expand},
      {"aten::permute", permute},
      {"aten::transpose", transpose},
      {"aten::t", turn},
      {"aten::cat", cat},
      {"aten::stack", stack},
      {"aten::slice", slice},
      {"aten::narrow", narrow},
      {"aten::select", select},
      {"aten::index_select", index_select},
      {"aten::chunk", split},
      {"aten::split", split},
      {"aten::split_with_sizes", split},
      {"aten::unbind", split},
      {"aten::roll", roll},
      {"aten::flip", flip},
      {"aten::constant_pad_nd", pad},
      {"aten::repeat", repeat},
  };
  const auto found = table.find(op);
  return found != table.end() ? found->second : nullptr;
}

}  // namespace mote::learned
