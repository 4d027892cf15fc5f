#include "mote/io/pickle.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "mote/core/error.h"
#include "mote/io/pickle_opcodes.h"

namespace mote::io {
namespace {

using Kind = PickleValue::Kind;
using Op = PickleOpcode;

// A state dict of 1,000 tensors makes some 20,000 values. A value takes some 100 bytes, so that
// all of them together stay below 64 MB.
constexpr size_t kMostValues = 250'000;
constexpr size_t kMostItems = 2'000'000;
constexpr size_t kMostStacked = 1'000'000;
constexpr size_t kMostMarks = 1'000;
constexpr const char* kAdvice =
    "mote reads state dicts and runs nothing: save one with torch.save(model.state_dict(), FILE)";

/// The bytes of a pickle, taken one after the other.
class Input {
 public:
  explicit Input(std::span<const std::byte> bytes)
      : text_(reinterpret_cast<const char*>(bytes.data()), bytes.size()) {}

  size_t position() const { return position_; }

  std::string_view take(uint64_t count) {
    if (count > text_.size() - position_) {
      throw Error(ErrorKind::kBadFile, "the pickle ends too early: {} bytes left, {} expected",
                  text_.size() - position_, count);
    }
    const std::string_view taken = text_.substr(position_, count);
    position_ += count;
    return taken;
  }

  /// A number of `bytes` bytes, little-endian.
  uint64_t number(size_t bytes) {
    uint64_t value = 0;
    const std::string_view taken = take(bytes);
    for (size_t i = 0; i < bytes; ++i) {
      value |= uint64_t{static_cast<uint8_t>(taken[i])} << (8 * i);
    }
    return value;
  }

  uint8_t byte() { return static_cast<uint8_t>(take(1).front()); }

  std::string_view line() {
    const size_t end = text_.find('\n', position_);
    if (end == std::string_view::npos) {
      throw Error(ErrorKind::kBadFile, "the pickle ends within a name");
    }
    const std::string_view taken = text_.substr(position_, end - position_);
    position_ = end + 1;
    return taken;
  }

 private:
  std::string_view text_;
  size_t position_ = 0;
};

class Machine {
 public:
  Machine(std::span<const std::byte> bytes, bool (*is_known)(std::string_view, std::string_view))
      : input_(bytes), is_known_(is_known) {}

  Pickle run() {
    while (true) {
      const uint8_t code = input_.byte();
      if (static_cast<Op>(code) == Op::kStop) {
        pickle_.top = pop();
        pickle_.bytes = input_.position();
        return std::move(pickle_);
      }
      if (!take_plain(code) && !take_text(code) && !take_container(code) && !take_memo(code) &&
          !take_object(code)) {
        refuse(code);
      }
    }
  }

 private:
  [[noreturn]] void refuse(uint8_t code) const {
    const std::string_view name = untaken_opcode_name(code);
    if (name.empty()) {
      throw Error(ErrorKind::kBadFile, "byte {} of the pickle is {:#04x}, which is no operation",
                  input_.position() - 1, code);
    }
    throw Error(ErrorKind::kUnsupported, "the pickle has the operation {}; {}", name, kAdvice);
  }

  [[noreturn]] void too_large() const {
    throw Error(ErrorKind::kBadFile, "the pickle has more values than a state dict: {} at byte {}",
                pickle_.values.size(), input_.position());
  }

  // Values and the stack.

  void push(PickleRef value) {
    if (stack_.size() == kMostStacked) {
      too_large();
    }
    stack_.push_back(value);
  }

  PickleValue& make(Kind kind) {
    if (pickle_.values.size() == kMostValues) {
      too_large();
    }
    push(static_cast<PickleRef>(pickle_.values.size()));
    PickleValue& value = pickle_.values.emplace_back();
    value.kind = kind;
    return value;
  }

  void make_text(Kind kind, uint64_t count) { make(kind).text = input_.take(count); }
  void make_whole(int64_t whole) { make(Kind::kInt).whole = whole; }

  void make_long(uint64_t count) {
    const std::string_view digits = input_.take(count);
    if (digits.size() > sizeof(int64_t)) {
      make(Kind::kLong).text = digits;
      return;
    }
    const bool negative = !digits.empty() && static_cast<uint8_t>(digits.back()) >= 0x80;
    uint64_t value = negative ? ~uint64_t{0} : 0;
    for (size_t i = 0; i < digits.size(); ++i) {
      value &= ~(uint64_t{0xff} << (8 * i));
      value |= uint64_t{static_cast<uint8_t>(digits[i])} << (8 * i);
    }
    make_whole(static_cast<int64_t>(value));
  }

  size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }

  PickleRef pop() {
    if (stack_.size() <= floor()) {
      throw Error(ErrorKind::kBadFile, "byte {} of the pickle takes a value where there is none",
                  input_.position() - 1);
    }
    const PickleRef value = stack_.back();
    stack_.pop_back();
    return value;
  }

  PickleRef top() {
    const PickleRef value = pop();
    stack_.push_back(value);
    return value;
  }

  /// The last `count` values, which leave the stack.
  std::vector<PickleRef> pop_last(size_t count) {
    if (stack_.size() - floor() < count) {
      throw Error(ErrorKind::kBadFile, "byte {} of the pickle takes {} values, there are {}",
                  input_.position() - 1, count, stack_.size() - floor());
    }
    count_items(count);
    const auto from = stack_.end() - static_cast<std::ptrdiff_t>(count);
    std::vector<PickleRef> last(from, stack_.end());
    stack_.erase(from, stack_.end());
    return last;
  }

  std::vector<PickleRef> pop_to_mark() {
    if (marks_.empty()) {
      throw Error(ErrorKind::kBadFile,
                  "byte {} of the pickle takes values up to a mark, and there "
                  "is none",
                  input_.position() - 1);
    }
    std::vector<PickleRef> last = pop_last(stack_.size() - marks_.back());
    marks_.pop_back();
    return last;
  }

  void count_items(size_t more) {
    items_ += more;
    if (items_ > kMostItems) {
      too_large();
    }
  }

  void add(Kind container, const std::vector<PickleRef>& items) {
    PickleValue& value = pickle_.values[top()];
    if (value.kind != container || (container == Kind::kDict && items.size() % 2 != 0)) {
      throw Error(ErrorKind::kBadFile, "byte {} of the pickle adds {} values to what takes none",
                  input_.position() - 1, items.size());
    }
    value.items.insert(value.items.end(), items.begin(), items.end());
  }

  // Operations by kind; false where `code` is none of it.

  bool take_plain(uint8_t code) {
    switch (static_cast<Op>(code)) {
      case Op::kProto: check_protocol(input_.byte()); return true;
      case Op::kFrame: input_.take(8); return true;
      case Op::kNone: make(Kind::kNone); return true;
      case Op::kNewtrue: make(Kind::kBool).whole = 1; return true;
      case Op::kNewfalse: make(Kind::kBool).whole = 0; return true;
      case Op::kBinint: make_whole(static_cast<int32_t>(input_.number(4))); return true;
      case Op::kBinint1: make_whole(static_cast<int64_t>(input_.number(1))); return true;
      case Op::kBinint2: make_whole(static_cast<int64_t>(input_.number(2))); return true;
      case Op::kLong1: make_long(input_.number(1)); return true;
      case Op::kLong4: make_long(input_.number(4)); return true;
      case Op::kBinfloat: {
        const uint64_t bits = __builtin_bswap64(input_.number(8));  // the only big-endian number
        make(Kind::kFloat).real = std::bit_cast<double>(bits);
        return true;
      }
      default: return false;
    }
  }

  bool take_text(uint8_t code) {
    switch (static_cast<Op>(code)) {
      case Op::kBinstring: make_text(Kind::kString, input_.number(4)); return true;
      case Op::kShortBinstring: make_text(Kind::kString, input_.number(1)); return true;
      case Op::kBinunicode: make_text(Kind::kString, input_.number(4)); return true;
      case Op::kShortBinunicode: make_text(Kind::kString, input_.number(1)); return true;
      case Op::kBinunicode8: make_text(Kind::kString, input_.number(8)); return true;
      case Op::kBinbytes: make_text(Kind::kBytes, input_.number(4)); return true;
      case Op::kShortBinbytes: make_text(Kind::kBytes, input_.number(1)); return true;
      case Op::kBinbytes8: make_text(Kind::kBytes, input_.number(8)); return true;
      default: return false;
    }
  }

  bool take_container(uint8_t code) {
    switch (static_cast<Op>(code)) {
      case Op::kMark: mark(); return true;
      case Op::kPop: pop(); return true;
      case Op::kPopMark: pop_to_mark(); return true;
      case Op::kDup: push(top()); return true;
      case Op::kEmptyTuple: make(Kind::kTuple); return true;
      case Op::kEmptyList: make(Kind::kList); return true;
      case Op::kEmptyDict: make(Kind::kDict); return true;
      case Op::kTuple1: make_of(Kind::kTuple, pop_last(1)); return true;
      case Op::kTuple2: make_of(Kind::kTuple, pop_last(2)); return true;
      case Op::kTuple3: make_of(Kind::kTuple, pop_last(3)); return true;
      case Op::kTuple: make_of(Kind::kTuple, pop_to_mark()); return true;
      case Op::kAppend: add(Kind::kList, pop_last(1)); return true;
      case Op::kAppends: add(Kind::kList, pop_to_mark()); return true;
      case Op::kSetitem: add(Kind::kDict, pop_last(2)); return true;
      case Op::kSetitems: add(Kind::kDict, pop_to_mark()); return true;
      default: return false;
    }
  }

  bool take_memo(uint8_t code) {
    switch (static_cast<Op>(code)) {
      case Op::kBinput: remember(input_.number(1)); return true;
      case Op::kLongBinput: remember(input_.number(4)); return true;
      case Op::kMemoize: remember(memo_.size()); return true;
      case Op::kBinget: recall(input_.number(1)); return true;
      case Op::kLongBinget: recall(input_.number(4)); return true;
      default: return false;
    }
  }

  bool take_object(uint8_t code) {
    switch (static_cast<Op>(code)) {
      case Op::kGlobal: {
        const std::string_view module = input_.line();
        make_global(module, input_.line());
        return true;
      }
      case Op::kStackGlobal: {
        const std::string_view name = text_of(pop());
        make_global(text_of(pop()), name);
        return true;
      }
      case Op::kBinpersid: make_of(Kind::kPersistent, pop_last(1)); return true;
      case Op::kReduce: call(pop_last(2)); return true;
      case Op::kBuild: build(); return true;
      default: return false;
    }
  }

  static void check_protocol(uint8_t protocol) {
    constexpr uint8_t kLast = 5;
    if (protocol > kLast) {
      throw Error(ErrorKind::kUnsupported, "pickle protocol {}: mote reads 0 to {}", protocol,
                  kLast);
    }
  }

  void mark() {
    if (marks_.size() == kMostMarks) {
      throw Error(ErrorKind::kBadFile, "the pickle is nested more than {} times", kMostMarks);
    }
    marks_.push_back(stack_.size());
  }

  void make_of(Kind kind, std::vector<PickleRef> items) { make(kind).items = std::move(items); }

  std::string_view text_of(PickleRef value) const {
    const PickleValue& named = pickle_[value];
    if (named.kind != Kind::kString) {
      throw Error(ErrorKind::kBadFile, "byte {} of the pickle names a global without a text",
                  input_.position() - 1);
    }
    return named.text;
  }

  void make_global(std::string_view module, std::string_view name) {
    if (!is_known_(module, name)) {
      throw Error(ErrorKind::kUnsupported, "the pickle needs {}.{}; {}", shown(module), shown(name),
                  kAdvice);
    }
    PickleValue& global = make(Kind::kGlobal);
    global.text = module;
    global.more_text = name;
  }

  /// For a message: short, and without what a terminal would take for a command.
  static std::string shown(std::string_view name) {
    constexpr size_t kMost = 80;
    std::string text(name.substr(0, kMost));
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    return text;
  }

  void call(std::vector<PickleRef> global_and_arguments) {
    if (pickle_[global_and_arguments[0]].kind != Kind::kGlobal ||
        pickle_[global_and_arguments[1]].kind != Kind::kTuple) {
      throw Error(ErrorKind::kBadFile, "byte {} of the pickle calls what is no function",
                  input_.position() - 1);
    }
    if (pickle_[global_and_arguments[0]].more_text == "OrderedDict") {
      make_of(Kind::kDict, pairs_in(pickle_[global_and_arguments[1]]));
    } else {
      make_of(Kind::kCall, std::move(global_and_arguments));
    }
  }

  /// The keys and values of `OrderedDict()` or `OrderedDict([[key, value], ...])`.
  std::vector<PickleRef> pairs_in(const PickleValue& arguments) {
    if (arguments.items.empty()) {
      return {};
    }
    std::vector<PickleRef> items;
    for (const PickleRef pair : pickle_[arguments.items[0]].items) {
      const std::vector<PickleRef>& both = pickle_[pair].items;
      if (both.size() != 2) {
        throw Error(ErrorKind::kBadFile, "byte {} of the pickle makes a dict of what are no pairs",
                    input_.position() - 1);
      }
      count_items(both.size());
      items.insert(items.end(), both.begin(), both.end());
    }
    return items;
  }

  /// Attributes of an OrderedDict (`_metadata` of a state dict) are left aside: they hold no
  /// tensors. Any other object's state would have to be understood.
  void build() {
    pop();
    if (pickle_[top()].kind != Kind::kDict) {
      throw Error(ErrorKind::kBadFile, "byte {} of the pickle gives attributes to what has none",
                  input_.position() - 1);
    }
  }

  void remember(uint64_t place) {
    if (place >= kMostValues) {
      too_large();
    }
    if (place >= memo_.size()) {
      memo_.resize(place + 1);
    }
    memo_[place] = top();
  }

  void recall(uint64_t place) {
    if (place >= memo_.size() || !memo_[place]) {
      throw Error(ErrorKind::kBadFile,
                  "byte {} of the pickle recalls value {}, which it never kept",
                  input_.position() - 1, place);
    }
    push(*memo_[place]);
  }

  Input input_;
  bool (*is_known_)(std::string_view, std::string_view);
  Pickle pickle_;
  std::vector<PickleRef> stack_;
  std::vector<size_t> marks_;
  std::vector<std::optional<PickleRef>> memo_;
  size_t items_ = 0;
};

}  // namespace

Pickle read_pickle(std::span<const std::byte> bytes,
                   bool (*is_known)(std::string_view module, std::string_view name)) {
  return Machine(bytes, is_known).run();
}

}  // namespace mote::io
