#include "mote/io/pickle_opcodes.h"

namespace mote::io {

std::string_view untaken_opcode_name(uint8_t code) {
  switch (static_cast<PickleOpcode>(code)) {
    case PickleOpcode::kFloat: return "FLOAT";
    case PickleOpcode::kInt: return "INT";
    case PickleOpcode::kLong: return "LONG";
    case PickleOpcode::kPersid: return "PERSID";
    case PickleOpcode::kString: return "STRING";
    case PickleOpcode::kUnicode: return "UNICODE";
    case PickleOpcode::kDict: return "DICT";
    case PickleOpcode::kGet: return "GET";
    case PickleOpcode::kInst: return "INST";
    case PickleOpcode::kList: return "LIST";
    case PickleOpcode::kObj: return "OBJ";
    case PickleOpcode::kPut: return "PUT";
    case PickleOpcode::kNewobj: return "NEWOBJ";
    case PickleOpcode::kExt1: return "EXT1";
    case PickleOpcode::kExt2: return "EXT2";
    case PickleOpcode::kExt4: return "EXT4";
    case PickleOpcode::kEmptySet: return "EMPTY_SET";
    case PickleOpcode::kAdditems: return "ADDITEMS";
    case PickleOpcode::kFrozenset: return "FROZENSET";
    case PickleOpcode::kNewobjEx: return "NEWOBJ_EX";
    case PickleOpcode::kBytearray8: return "BYTEARRAY8";
    case PickleOpcode::kNextBuffer: return "NEXT_BUFFER";
    case PickleOpcode::kReadonlyBuffer: return "READONLY_BUFFER";
    default: return {};
  }
}

}  // namespace mote::io
