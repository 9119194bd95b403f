// Geohashes: the cells of a grid over latitude and longitude, as text in base 32.
//
// The bits of a cell are taken in turns from the longitude, which is first, and the latitude, each halved again and again;
// five bits make a character.
#pragma once

#include "feature_extractor/column.h"

namespace feature_extractor::geohash {

inline constexpr int kLongest = 12;
inline constexpr char kAlphabet[] = "0123456789bcdefghjkmnpqrstuvwxyz";

// A cell by the number of its column from the west and of its row from the south.
struct Cell {
  uint64_t column;
  uint64_t row;
  int column_bits;
  int row_bits;
};

inline Cell origin(int precision) { return {0, 0, (5 * precision + 1) / 2, 5 * precision / 2}; }

// The lower edge of step `index` of 2^bits steps from -half to half. Exact: both numbers have few bits.
inline double edge(uint64_t index, int bits, double half) {
  return static_cast<double>(static_cast<int64_t>(index)) * (2.0 * half / static_cast<double>(int64_t{1} << bits)) -
         half;
}

// The step that holds x, which lies in [-half, half]; the upper end belongs to the last step. The first guess may be one off
// because its sum is rounded; the edges are exact.
inline uint64_t step(double x, int bits, double half) {
  const int64_t steps = int64_t{1} << bits;
  auto index = static_cast<int64_t>((x + half) * (static_cast<double>(steps) / (2.0 * half)));
  index = index < 0 ? 0 : index >= steps ? steps - 1 : index;
  if (index > 0 && x < edge(static_cast<uint64_t>(index), bits, half)) --index;
  if (index + 1 < steps && x >= edge(static_cast<uint64_t>(index + 1), bits, half)) ++index;
  return static_cast<uint64_t>(index);
}

// Writes the text of a cell, `precision` characters.
inline void write(const Cell& cell, int precision, char* out) {
  int column_bit = cell.column_bits;
  int row_bit = cell.row_bits;
  for (int i = 0; i < precision; ++i) {
    uint32_t character = 0;
    for (int k = 0; k < 5; ++k) {
      const bool is_column = (5 * i + k) % 2 == 0;
      const uint64_t bit = is_column ? cell.column >> --column_bit & 1 : cell.row >> --row_bit & 1;
      character = character << 1 | static_cast<uint32_t>(bit);
    }
    out[i] = kAlphabet[character];
  }
}

// The cell of a text of 1 to 12 characters, in either case; null where it is none.
inline Nullable<Cell> read(Text text) {
  if (text.empty() || text.size() > kLongest) return Nullable<Cell>::where(false, {});
  Cell cell = origin(static_cast<int>(text.size()));
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    const char lower = static_cast<char>(byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte);
    uint32_t value = 0;
    while (value < 32 && kAlphabet[value] != lower) ++value;
    if (value == 32) return Nullable<Cell>::where(false, {});
    for (int k = 0; k < 5; ++k) {
      const uint64_t bit = value >> (4 - k) & 1;
      if ((5 * i + static_cast<size_t>(k)) % 2 == 0) {
        cell.column = cell.column << 1 | bit;
      } else {
        cell.row = cell.row << 1 | bit;
      }
    }
  }
  return cell;
}

struct Bounds {
  double south;
  double west;
  double north;
  double east;
};

inline Bounds bounds(const Cell& cell) {
  return {edge(cell.row, cell.row_bits, 90.0), edge(cell.column, cell.column_bits, 180.0),
          edge(cell.row + 1, cell.row_bits, 90.0), edge(cell.column + 1, cell.column_bits, 180.0)};
}

}  // namespace feature_extractor::geohash
