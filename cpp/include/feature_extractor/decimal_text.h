// The decimal text of an int: how a vocabulary or a table of texts sees an int key.
#pragma once

#include "feature_extractor/column.h"

namespace feature_extractor {

class DecimalText {
 public:
  explicit DecimalText(int64_t value) {
    uint64_t rest = value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
    do {
      digits_[--begin_] = static_cast<char>('0' + rest % 10);
      rest /= 10;
    } while (rest != 0);
    if (value < 0) digits_[--begin_] = '-';
  }
  // Valid as long as the object.
  Text view() const { return {digits_ + begin_, kCapacity - begin_}; }

 private:
  static constexpr size_t kCapacity = 20;  // "-9223372036854775808"
  char digits_[kCapacity];
  size_t begin_ = kCapacity;
};

}  // namespace feature_extractor
