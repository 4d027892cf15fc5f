#include "mote/nn/plain.h"

namespace mote::nn {
namespace {

thread_local int living = 0;

}  // namespace

PlainOperators::PlainOperators() {
  ++living;
}

PlainOperators::~PlainOperators() {
  --living;
}

bool plain_operators() {
  return living > 0;
}

}  // namespace mote::nn
