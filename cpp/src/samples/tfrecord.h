// Rows of a table as TFRecord files hold them: a tf.train.Example or tf.train.SequenceExample per row, see docs/samples.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "arrow/abi.h"
#include "engine/memory.h"
#include "status.h"

namespace feature_extractor {

enum class SampleForm : uint8_t {
  kExample,          // Every column is a feature.
  kSequenceExample,  // Lists are feature lists with a step per element; all other columns are features of the context.
};

// Bytes that grow at their end.
class RecordBuffer {
 public:
  const uint8_t* data() const { return data_; }
  size_t size() const { return size_; }
  void clear() { size_ = 0; }

  // Room for `size` bytes at the end. They count once wrote() says so.
  uint8_t* room(size_t size) {
    if (size_ + size > buffer_.capacity()) data_ = buffer_.reserve_array<uint8_t>(size_ + size, size_);
    return data_ + size_;
  }
  void wrote(size_t size) { size_ += size; }

 private:
  Buffer buffer_;
  uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

class SampleEncoder {
 public:
  // Reads float32, int64, text and bytes, lists of them, fixed-size lists of float32, and lists of structs of an int64 and a
  // float32 (ids with weights: two features, `name_ids` and `name_weights`): every column that features have. The arrays
  // must live as long as the encoder. Fails for other types, for nulls within lists, and where two features would have
  // one name; the message names the column.
  static StatusOr<SampleEncoder> make(const ArrowSchema& schema, const ArrowArray& array, SampleForm form);

  int64_t rows() const { return rows_; }

  // Appends the framed record of a row. The features stand in the order of the columns; a column that is null in this row is
  // left out. Fails for a row of 2 GiB or more, which no reader of protocol buffers takes; then nothing was appended.
  Status append_record(int64_t row, RecordBuffer* out);

 private:
  enum class Payload : uint8_t { kFloats, kIntegers, kTexts };

  struct Column {
    Payload payload = Payload::kFloats;
    bool steps = false;      // A feature list.
    std::string key;         // The first field of the entry: the name.
    std::string fixed_head;  // Of a column with as many floats in each row: all bytes of the entry before them ...
    size_t fixed_size = 0;   // ... so many, without the padding behind them that allows to copy whole words.
    bool constant = false;   // Fixed and never null: nothing to measure.
    const uint8_t* valid = nullptr;
    int64_t shift = 0;  // Row r of the table is row r + shift of this column's array.
    // The elements of a row: `width` of them, or from the offsets.
    int64_t width = 1;
    const void* offsets = nullptr;
    bool wide_offsets = false;
    int64_t element_shift = 0;
    const void* values = nullptr;  // float32, int64 or bytes of text.
    const void* text_offsets = nullptr;
    bool wide_text_offsets = false;
  };
  struct Span {
    bool present = false;
    int64_t begin = 0;
    int64_t count = 0;
    size_t packed = 0;  // Bytes of the packed numbers.
    size_t list = 0;    // Bytes of the FloatList, Int64List, BytesList or FeatureList.
  };

  Status add_column(const ArrowSchema& schema, const ArrowArray& array, int64_t shift, const std::string& name,
                    SampleForm form);
  Status add_values(const ArrowSchema& schema, const ArrowArray& array, const std::string& name, Column column);
  static size_t integer_bytes(const Column& column, int64_t begin, int64_t count);
  static size_t text_size(const Column& column, int64_t element);
  static const char* text_begin(const Column& column, int64_t element);
  static Span elements(const Column& column, int64_t row);
  bool has_null_elements(const Column& column, const ArrowArray& items) const;
  static void measure(const Column& column, int64_t row, Span* span);
  static uint8_t* write_fixed(const Column& column, int64_t begin, uint8_t* at);
  static uint8_t* write_entry(const Column& column, const Span& span, uint8_t* at);
  static uint8_t* write_steps(const Column& column, const Span& span, uint8_t* at);
  static uint8_t* write_list(const Column& column, const Span& span, uint8_t* at);

  int64_t rows_ = 0;
  SampleForm form_ = SampleForm::kExample;
  std::vector<Column> columns_;
  size_t constant_size_ = 0;  // Bytes of all columns that are constant in size.
  std::vector<std::string> names_;
  std::vector<Span> spans_;
};

}  // namespace feature_extractor
