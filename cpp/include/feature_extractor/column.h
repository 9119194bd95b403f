// The values and columns that kernels see.
//
// A column is a pointer to values of one storage type, one per row, with an optional byte per row that says
// whether the row has a value. Everything that a column points to is owned by someone else: the caller's
// Arrow buffers or the engine's memory, so nothing may be read past the end of a buffer or of a text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace feature_extractor {

// Valid UTF-8 text. A null row holds an empty view, never a dangling one.
using Text = std::string_view;

// A sequence of arbitrary bytes; stored like Text.
struct Bytes {
  std::string_view value;
};

// Microseconds since 1970-01-01T00:00:00 UTC, without leap seconds (POSIX time).
struct Timestamp {
  int64_t microseconds;
};

// A signed length of time in microseconds.
struct Duration {
  int64_t microseconds;
};

// A vector<N>: N finite 32-bit floats.
struct Vector {
  const float* data;
  uint32_t size;

  float operator[](uint32_t index) const { return data[index]; }
};

struct Null {};
inline constexpr Null null{};

// A value or null. Unlike std::optional it always holds a value, which is what lets compilers keep it in vector
// registers: the value of a null is unspecified but safe to read.
template <class T>
class Nullable {
 public:
  using Value = T;

  constexpr Nullable(Null) : value_{}, exists_(false) {}
  constexpr Nullable(T value) : value_(value), exists_(true) {}
  // `value` where `exists`, else null, without a branch.
  static constexpr Nullable where(bool exists, T value) { return Nullable(value, exists); }

  constexpr bool has_value() const { return exists_ != 0; }
  constexpr explicit operator bool() const { return exists_ != 0; }
  constexpr T operator*() const { return value_; }

 private:
  constexpr Nullable(T value, bool exists) : value_(value), exists_(exists) {}

  T value_;
  uint8_t exists_;  // Not a bool: GCC 12 would keep the object in memory, and loops over it would not vectorise.
};

// Where one row's elements are in the storage of a list or map column.
struct ListEntry {
  uint32_t begin;
  uint32_t size;

  bool operator==(const ListEntry&) const = default;
};

// A run of consecutive elements within one row's list: the result of operators such as take_last.
struct Span {
  uint32_t begin;
  uint32_t size;
};

// The element type of lists that an operator never looks into.
struct Any {};

struct Column {
  // Values by storage type: bool uint8_t (0 or 1); int, timestamp, duration int64_t; float double; string and bytes
  // std::string_view; vector float (width per row); list and map ListEntry.
  const void* data = nullptr;
  // One byte per row, 1 where the row has a value, 0 where it is null; nullptr when no row is null.
  const uint8_t* valid = nullptr;
  // The elements of a list, or the keys and the values of a map.
  const Column* children = nullptr;
  // The number of floats per row of a vector.
  uint32_t width = 0;

  bool is_null(uint32_t row) const { return valid != nullptr && valid[row] == 0; }
};

template <class T>
struct Storage;  // The storage type of a value type, and how one row is loaded from a column.

template <class T>
class List {
 public:
  using Element = T;

  // What a null list holds.
  List() : elements_(nullptr), entry_{0, 0} {}
  List(const Column* elements, ListEntry entry) : elements_(elements), entry_(entry) {}

  uint32_t size() const { return entry_.size; }
  bool empty() const { return entry_.size == 0; }
  // True if the element is null. The value of a null element is unspecified but safe to read.
  bool is_null(uint32_t index) const { return elements_->is_null(entry_.begin + index); }
  bool has_nulls() const { return elements_->valid != nullptr; }
  auto operator[](uint32_t index) const { return Storage<T>::load(*elements_, entry_.begin + index); }
  // The values as an array of the storage type; not for lists of vectors.
  const typename Storage<T>::Type* data() const {
    return static_cast<const typename Storage<T>::Type*>(elements_->data) + entry_.begin;
  }
  // A byte per element, or nullptr when no element of the column is null.
  const uint8_t* valid() const { return elements_->valid == nullptr ? nullptr : elements_->valid + entry_.begin; }
  ListEntry entry() const { return entry_; }

 private:
  const Column* elements_;
  ListEntry entry_;
};

template <>
class List<Any> {
 public:
  using Element = Any;

  List() : elements_(nullptr), entry_{0, 0} {}
  List(const Column* elements, ListEntry entry) : elements_(elements), entry_(entry) {}

  uint32_t size() const { return entry_.size; }
  bool empty() const { return entry_.size == 0; }
  ListEntry entry() const { return entry_; }

 private:
  [[maybe_unused]] const Column* elements_;
  ListEntry entry_;
};

template <class K, class V>
class Map {
 public:
  using Key = K;
  using Value = V;

  Map(const Column* children, ListEntry entry) : children_(children), entry_(entry) {}

  uint32_t size() const { return entry_.size; }
  List<K> keys() const { return List<K>(&children_[0], entry_); }
  List<V> values() const { return List<V>(&children_[1], entry_); }
  ListEntry entry() const { return entry_; }

 private:
  const Column* children_;
  ListEntry entry_;
};

// The arguments of a variadic parameter at one row.
template <class T>
class Variadic {
 public:
  using Element = T;

  Variadic(const Column* columns, uint32_t count, uint32_t row) : columns_(columns), count_(count), row_(row) {}

  uint32_t size() const { return count_; }
  bool is_null(uint32_t index) const { return columns_[index].is_null(row_); }
  auto operator[](uint32_t index) const { return Storage<T>::load(columns_[index], row_); }

 private:
  const Column* columns_;
  uint32_t count_;
  uint32_t row_;
};

template <class T>
struct PlainStorage {
  using Type = T;
  static T load(const Column& column, uint32_t row) { return static_cast<const T*>(column.data)[row]; }
};

template <>
struct Storage<bool> {
  using Type = uint8_t;
  static bool from(uint8_t stored) { return stored != 0; }
  static uint8_t to(bool value) { return value ? 1 : 0; }
  static bool load(const Column& column, uint32_t row) { return static_cast<const uint8_t*>(column.data)[row] != 0; }
};

template <>
struct Storage<int64_t> : PlainStorage<int64_t> {
  static int64_t from(int64_t stored) { return stored; }
  static int64_t to(int64_t value) { return value; }
};

template <>
struct Storage<double> : PlainStorage<double> {
  static double from(double stored) { return stored; }
  static double to(double value) { return value; }
};

template <>
struct Storage<Text> : PlainStorage<Text> {
  static Text from(Text stored) { return stored; }
  static Text to(Text value) { return value; }
};

template <>
struct Storage<Timestamp> {
  using Type = int64_t;
  static Timestamp from(int64_t stored) { return {stored}; }
  static int64_t to(Timestamp value) { return value.microseconds; }
  static Timestamp load(const Column& column, uint32_t row) { return {static_cast<const int64_t*>(column.data)[row]}; }
};

template <>
struct Storage<Duration> {
  using Type = int64_t;
  static Duration from(int64_t stored) { return {stored}; }
  static int64_t to(Duration value) { return value.microseconds; }
  static Duration load(const Column& column, uint32_t row) { return {static_cast<const int64_t*>(column.data)[row]}; }
};

template <>
struct Storage<Bytes> {
  using Type = Text;
  static Bytes from(Text stored) { return {stored}; }
  static Text to(Bytes value) { return value.value; }
  static Bytes load(const Column& column, uint32_t row) { return {static_cast<const Text*>(column.data)[row]}; }
};

template <>
struct Storage<Vector> {
  using Type = float;
  static Vector load(const Column& column, uint32_t row) {
    return {static_cast<const float*>(column.data) + static_cast<size_t>(row) * column.width, column.width};
  }
};

template <class T>
struct Storage<List<T>> {
  using Type = ListEntry;
  static List<T> load(const Column& column, uint32_t row) {
    return List<T>(column.children, static_cast<const ListEntry*>(column.data)[row]);
  }
};

template <class K, class V>
struct Storage<Map<K, V>> {
  using Type = ListEntry;
  static Map<K, V> load(const Column& column, uint32_t row) {
    return Map<K, V>(column.children, static_cast<const ListEntry*>(column.data)[row]);
  }
};

template <class T>
struct Storage<Nullable<T>> {
  using Type = typename Storage<T>::Type;
  static Nullable<T> load(const Column& column, uint32_t row) {
    if (column.is_null(row)) return null;
    return Storage<T>::load(column, row);
  }
};

template <class T>
inline constexpr bool is_plain = std::is_same_v<T, bool> || std::is_same_v<T, int64_t> || std::is_same_v<T, double> ||
                                 std::is_same_v<T, Timestamp> || std::is_same_v<T, Duration>;

// Memory that lives until the engine has finished the chunk. Allocation never fails: the engine stops the process's
// batch with an out-of-memory status before a kernel could see a null pointer.
class Arena {
 public:
  // Returns `size` writable bytes, aligned to 16.
  char* allocate(size_t size) {
    const size_t rounded = (size + 15) & ~static_cast<size_t>(15);
    if (rounded > static_cast<size_t>(end_ - next_)) return allocate_slow(rounded);
    char* result = next_;
    next_ += rounded;
    return result;
  }

  template <class T>
  T* allocate_array(size_t count) {
    return reinterpret_cast<T*>(allocate(count * sizeof(T)));
  }

  // Scratch memory: what is allocated while a scope lives is given back at its end, unless the arena had to refill in
  // between. Nothing that outlives the scope (text of a result) may be allocated inside it.
  class Scope {
   public:
    explicit Scope(Arena& arena) : arena_(arena), next_(arena.next_), end_(arena.end_) {}
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope() {
      if (arena_.end_ == end_) arena_.next_ = next_;
    }

   private:
    Arena& arena_;
    char* next_;
    char* end_;
  };

  // Copies text into the arena.
  Text copy(Text text) {
    if (text.empty()) return {};
    char* target = allocate(text.size());
    __builtin_memcpy(target, text.data(), text.size());
    return {target, text.size()};
  }

 protected:
  Arena() = default;
  ~Arena() = default;
  char* (*refill_)(Arena*, size_t) = nullptr;
  char* next_ = nullptr;
  char* end_ = nullptr;

 private:
  char* allocate_slow(size_t size) { return refill_(this, size); }
};

// A column whose length is not known beforehand: the elements of a list result.
struct GrowingColumn {
  void* data = nullptr;
  uint8_t* valid = nullptr;  // Always written when data is; `has_nulls` says whether it matters.
  uint32_t size = 0;
  uint32_t capacity = 0;
  uint32_t value_size = 0;  // Bytes per value.
  bool has_nulls = false;
  // Makes room for at least `minimum` values and keeps those that are there.
  void (*grow)(GrowingColumn*, uint32_t minimum) = nullptr;
  void* owner = nullptr;

  void reserve(uint32_t extra) {
    if (capacity - size < extra) grow(this, size + extra);
  }
};

// Writes the elements of one row's list.
template <class T>
class ListBuilder {
 public:
  explicit ListBuilder(GrowingColumn* column) : column_(column) {}

  void reserve(uint32_t extra) { column_->reserve(extra); }
  void push_back(T value) {
    column_->reserve(1);
    static_cast<typename Storage<T>::Type*>(column_->data)[column_->size] = Storage<T>::to(value);
    column_->valid[column_->size++] = 1;
  }
  void push_null() {
    column_->reserve(1);
    static_cast<typename Storage<T>::Type*>(column_->data)[column_->size] = {};
    column_->valid[column_->size++] = 0;
    column_->has_nulls = true;
  }
  void push_back(Nullable<T> value) { value.has_value() ? push_back(*value) : push_null(); }
  // The element as it is in the list, null or not.
  void push_element(const List<T>& list, uint32_t index) { list.is_null(index) ? push_null() : push_back(list[index]); }

 private:
  GrowingColumn* column_;
};

// Writes the entries of one row's map. The caller sees to it that no key comes twice.
template <class K, class V>
class MapBuilder {
 public:
  MapBuilder(GrowingColumn* keys, GrowingColumn* values) : keys_(keys), values_(values) {}

  void push_back(K key, V value) {
    keys_.push_back(key);
    values_.push_back(value);
  }

 private:
  ListBuilder<K> keys_;
  ListBuilder<V> values_;
};

// Chooses elements of the row's list, by position and in any order.
class Selection {
 public:
  explicit Selection(GrowingColumn* positions) : positions_(positions) {}

  void reserve(uint32_t extra) { positions_->reserve(extra); }
  void push_back(uint32_t position) {
    positions_->reserve(1);
    static_cast<uint32_t*>(positions_->data)[positions_->size++] = position;
  }

 private:
  GrowingColumn* positions_;
};

}  // namespace feature_extractor
