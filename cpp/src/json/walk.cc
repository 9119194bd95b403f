// Walks a JSONPath query over the values of a document, and tests the filters on its way.
#include "json/filter.h"

#include "feature_extractor/regular_expression.h"
#include "feature_extractor/text.h"

#include <utility>

namespace feature_extractor::json {
namespace {

// What an operand is on one value: nothing where its query selects none.
struct Value {
  bool exists = false;
  Kind kind = Kind::kNull;
  Text text;
  Number number;
  uint32_t node = kNone;  // Of an array or object.
};

class Walk {
 public:
  Walk(const Document& document, const Path& path, Found* found, void* context)
      : document_(document),
        path_(path),
        found_(found),
        context_(context),
        steps_left_(kFreeSteps + uint64_t{4} * document.size()) {}

  bool run() {
    visit(0, {path_.segments, found_, context_}, 0);
    return steps_left_ != 0;
  }

 private:
  static constexpr uint64_t kFreeSteps = uint64_t{1} << 22;

  // A query that is under way, the whole one or one in a filter.
  struct Search {
    const std::vector<Segment>& segments;
    Found* found;
    void* context;
  };

  // True to go on.
  bool visit(uint32_t number, const Search& search, size_t depth) {
    if (depth == search.segments.size()) return search.found(search.context, number);
    const Segment& segment = search.segments[depth];
    if (!segment.of_descendants) return select(number, segment, search, depth);
    const uint32_t end = document_[number].next;
    for (uint32_t i = number; i < end; ++i) {
      if (!step()) return false;
      if (document_[i].kind != Kind::kName && !select(i, segment, search, depth)) return false;
    }
    return true;
  }

  bool select(uint32_t number, const Segment& segment, const Search& search, size_t depth) {
    const Node& node = document_[number];
    if (node.kind != Kind::kArray && node.kind != Kind::kObject) return true;
    for (const Selector& selector : segment.selectors) {
      const bool goes_on = selector.kind == Selector::Kind::kName ? select_name(number, selector.name, search, depth)
                           : selector.kind == Selector::Kind::kWildcard ? select_all(number, nullptr, search, depth)
                           : selector.kind == Selector::Kind::kFilter
                               ? select_all(number, selector.filter.get(), search, depth)
                               : select_positions(number, selector, search, depth);
      if (!goes_on) return false;
    }
    return true;
  }

  bool select_name(uint32_t number, Text name, const Search& search, size_t depth) {
    const Node& node = document_[number];
    if (node.kind != Kind::kObject) return true;
    for (uint32_t i = number + 1; i < node.next; i = document_[i + 1].next) {
      if (!step()) return false;
      if (document_.is_named(document_[i], name)) return visit(i + 1, search, depth + 1);
    }
    return true;
  }

  // The values in a container; with a filter those that pass it.
  bool select_all(uint32_t number, const Filter* filter, const Search& search, size_t depth) {
    const Node& node = document_[number];
    const uint32_t name = node.kind == Kind::kObject ? 1 : 0;
    for (uint32_t i = number + 1; i < node.next; i = document_[i + name].next) {
      if (!step()) return false;
      if (filter != nullptr && !passes(filter->condition, i + name)) {
        if (steps_left_ == 0) return false;
        continue;
      }
      if (!visit(i + name, search, depth + 1)) return false;
    }
    return true;
  }

  bool select_positions(uint32_t number, const Selector& selector, const Search& search, size_t depth) {
    const Node& node = document_[number];
    const auto size = static_cast<int64_t>(node.count);
    if (node.kind != Kind::kArray || size == 0) return true;
    const auto from_end = [size](int64_t position) { return position < 0 ? position + size : position; };
    const auto within = [](int64_t value, int64_t low, int64_t high) {
      return value < low ? low : value > high ? high : value;
    };
    if (selector.kind == Selector::Kind::kIndex) {
      const int64_t index = from_end(*selector.start);
      return index < 0 || index >= size || select_range(number, index, index + 1, 1, search, depth);
    }
    // The bounds of a slice, as section 2.3.4.2.2 of the RFC computes them.
    const int64_t stride = selector.step;
    if (stride == 0) return true;
    if (stride > 0) {
      const int64_t lower = within(from_end(selector.start.value_or(0)), 0, size);
      const int64_t upper = within(from_end(selector.end.value_or(size)), 0, size);
      return lower >= upper || select_range(number, lower, upper, stride, search, depth);
    }
    const int64_t upper = within(from_end(selector.start.value_or(size - 1)), -1, size - 1);
    // Without an end the first element is in; no end that is written can say so.
    const int64_t lower = selector.end.has_value() ? within(from_end(*selector.end), -1, size - 1) : -1;
    if (upper <= lower) return true;
    auto* elements = document_.arena().allocate_array<uint32_t>(static_cast<size_t>(size));
    for (uint32_t i = number + 1, k = 0; i < node.next; i = document_[i].next) {
      if (!step()) return false;
      elements[k++] = i;
    }
    for (int64_t i = upper; i > lower; i += stride) {
      if (!step() || !visit(elements[i], search, depth + 1)) return false;
    }
    return true;
  }

  // The elements of an array from `begin` to before `end`, every `stride`-th.
  bool select_range(uint32_t number, int64_t begin, int64_t end, int64_t stride, const Search& search, size_t depth) {
    uint32_t element = number + 1;
    int64_t wanted = begin;
    for (int64_t i = 0; i < end; ++i, element = document_[element].next) {
      if (!step()) return false;
      if (i != wanted) continue;
      if (!visit(element, search, depth + 1)) return false;
      wanted += stride;
    }
    return true;
  }

  bool passes(const Condition& condition, uint32_t current) {
    // Texts are copied for their escapes only, and are not needed behind the test.
    Arena::Scope scope(document_.arena());
    return holds(condition, current) && steps_left_ != 0;
  }

  bool holds(const Condition& condition, uint32_t current) {
    switch (condition.kind) {
      case Condition::Kind::kOr:
        for (const Condition& part : condition.parts) {
          if (holds(part, current)) return true;
        }
        return false;
      case Condition::Kind::kAnd:
        for (const Condition& part : condition.parts) {
          if (!holds(part, current)) return false;
        }
        return true;
      case Condition::Kind::kNot:
        return !holds(condition.parts[0], current);
      case Condition::Kind::kExists:
        return first_of(condition.query, current) != kNone;
      case Condition::Kind::kCompare:
        return compare(condition.comparison, value_of(condition.operands[0], current),
                       value_of(condition.operands[1], current));
      case Condition::Kind::kMatch:
        break;
    }
    const Value value = value_of(condition.operands[0], current);
    if (!value.exists || value.kind != Kind::kString || condition.pattern == nullptr) return false;
    if (!step(value.text.size() / 8)) return false;
    return condition.pattern->Match(to_piece(value.text), 0, value.text.size(),
                                    condition.is_whole ? RE2::ANCHOR_BOTH : RE2::UNANCHORED, nullptr, 0);
  }

  bool search(const Query& query, uint32_t current, Found* found, void* context) {
    return visit(query.is_absolute ? 0 : current, {query.segments, found, context}, 0);
  }

  uint32_t first_of(const Query& query, uint32_t current) {
    uint32_t first = kNone;
    const auto found = [](void* at, uint32_t number) {
      *static_cast<uint32_t*>(at) = number;
      return false;
    };
    search(query, current, found, &first);
    return first;
  }

  // How many values a query selects, and the last of them.
  std::pair<int64_t, uint32_t> count(const Query& query, uint32_t current) {
    std::pair<int64_t, uint32_t> result{0, kNone};
    const auto found = [](void* at, uint32_t number) {
      auto& [values, last] = *static_cast<std::pair<int64_t, uint32_t>*>(at);
      ++values;
      last = number;
      return true;
    };
    search(query, current, found, &result);
    return result;
  }

  Value value_of(const Operand& operand, uint32_t current) {
    switch (operand.kind) {
      case Operand::Kind::kLiteral:
        return {true, operand.literal, operand.text, operand.number, kNone};
      case Operand::Kind::kQuery:
        return value_at(first_of(operand.query, current));
      case Operand::Kind::kCount:
        return int_value(count(operand.query, current).first);
      case Operand::Kind::kValue: {
        const auto [values, last] = count(operand.query, current);
        return value_at(values == 1 ? last : kNone);
      }
      case Operand::Kind::kLength:
        break;
    }
    const Value value = value_of(*operand.argument, current);
    if (value.exists && value.kind == Kind::kString) {
      if (!step(value.text.size() / 8)) return {};
      return int_value(static_cast<int64_t>(text::count_code_points(value.text)));
    }
    return value.node == kNone ? Value{} : int_value(document_[value.node].count);
  }

  static Value int_value(int64_t value) {
    return {true, Kind::kNumber, {}, {true, value, static_cast<double>(value)}, kNone};
  }

  Value value_at(uint32_t number) {
    if (number == kNone) return {};
    const Node& node = document_[number];
    Value value{true, node.kind, {}, {}, kNone};
    if (node.kind == Kind::kArray || node.kind == Kind::kObject) value.node = number;
    if (node.kind == Kind::kString) value.text = *document_.text_of(node, document_.arena());
    if (node.kind == Kind::kNumber) value.number = Number::read(*document_.text_of(node, document_.arena()));
    return value;
  }

  // Section 2.3.5.2.2 of the RFC: what is of another type is neither equal nor in an order, and only numbers and texts
  // are in an order.
  bool compare(Comparison comparison, const Value& left, const Value& right) {
    switch (comparison) {
      case Comparison::kEqual:
        return is_equal(left, right);
      case Comparison::kNotEqual:
        return !is_equal(left, right);
      case Comparison::kLess:
        return is_less(left, right);
      case Comparison::kLessEqual:
        return is_less(left, right) || is_equal(left, right);
      case Comparison::kGreater:
        return is_less(right, left);
      case Comparison::kGreaterEqual:
        break;
    }
    return is_less(right, left) || is_equal(left, right);
  }

  static bool is_less(const Value& left, const Value& right) {
    if (!left.exists || !right.exists || left.kind != right.kind) return false;
    // The bytes of UTF-8 are in the order of the code points.
    if (left.kind == Kind::kString) return left.text < right.text;
    if (left.kind != Kind::kNumber) return false;
    const Number &a = left.number, &b = right.number;
    return a.is_int && b.is_int ? a.exact < b.exact : a.nearest < b.nearest;
  }

  bool is_equal(const Value& left, const Value& right) {
    if (!left.exists || !right.exists) return left.exists == right.exists;
    if (left.kind != right.kind) return false;
    if (left.kind == Kind::kString) return left.text == right.text;
    if (left.kind == Kind::kNumber) {
      const Number &a = left.number, &b = right.number;
      return a.is_int && b.is_int ? a.exact == b.exact : a.nearest == b.nearest;
    }
    return left.node == kNone || left.node == right.node || is_equal_deeply(left.node, right.node);
  }

  struct Pair {
    uint32_t left;
    uint32_t right;
  };

  class Stack {
   public:
    explicit Stack(Arena& arena) : arena_(arena), pairs_(arena.allocate_array<Pair>(kFirst)) {}

    void push(Pair pair) {
      if (size_ == capacity_) {
        auto* larger = arena_.allocate_array<Pair>(capacity_ * 2);
        __builtin_memcpy(larger, pairs_, sizeof(Pair) * size_);
        pairs_ = larger;
        capacity_ *= 2;
      }
      pairs_[size_++] = pair;
    }
    Pair pop() { return pairs_[--size_]; }
    bool is_empty() const { return size_ == 0; }

   private:
    static constexpr size_t kFirst = 64;
    Arena& arena_;
    Pair* pairs_;
    size_t size_ = 0;
    size_t capacity_ = kFirst;
  };

  // Two arrays or objects. What is still to be compared stands on a stack of our own, as nesting has no bound.
  bool is_equal_deeply(uint32_t left, uint32_t right) {
    Stack stack(document_.arena());
    stack.push({left, right});
    while (!stack.is_empty()) {
      if (!step()) return false;
      const Pair pair = stack.pop();
      const Node &a = document_[pair.left], &b = document_[pair.right];
      if (a.kind != b.kind) return false;
      if (a.kind == Kind::kArray) {
        if (a.count != b.count) return false;
        for (uint32_t i = pair.left + 1, k = pair.right + 1; i < a.next; i = document_[i].next, k = document_[k].next) {
          if (!step()) return false;
          stack.push({i, k});
        }
      } else if (a.kind == Kind::kObject) {
        if (!have_equal_names(pair, &stack) || !have_equal_names({pair.right, pair.left}, nullptr)) return false;
      } else if (!is_equal(value_at(pair.left), value_at(pair.right))) {
        return false;
      }
    }
    return true;
  }

  // Whether the right object has each name of the left one. Of a name that is there twice the first one counts.
  bool have_equal_names(Pair pair, Stack* stack) {
    const Node& object = document_[pair.left];
    for (uint32_t i = pair.left + 1; i < object.next; i = document_[i + 1].next) {
      const Text name = *document_.text_of(document_[i], document_.arena());
      if (member(pair.left, name) != i + 1) continue;
      const uint32_t other = member(pair.right, name);
      if (other == kNone) return false;
      if (stack != nullptr) stack->push({i + 1, other});
    }
    return steps_left_ != 0;
  }

  // The value of an object's first member of this name.
  uint32_t member(uint32_t number, Text name) {
    const Node& object = document_[number];
    for (uint32_t i = number + 1; i < object.next; i = document_[i + 1].next) {
      if (!step()) break;
      if (document_.is_named(document_[i], name)) return i + 1;
    }
    return kNone;
  }

  bool step(uint64_t steps = 1) {
    steps_left_ -= steps < steps_left_ ? steps : steps_left_;
    return steps_left_ != 0;
  }

  const Document& document_;
  const Path& path_;
  Found* found_;
  void* context_;
  uint64_t steps_left_;
};

}  // namespace

bool walk(const Document& document, const Path& path, Found* found, void* context) {
  return Walk(document, path, found, context).run();
}

}  // namespace feature_extractor::json
