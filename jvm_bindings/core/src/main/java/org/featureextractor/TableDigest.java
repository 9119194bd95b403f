package org.featureextractor;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * A digest of the values of a table, which does not depend on the order of rows, nor on how they are cut into batches: two tables with the
 * same values have the same digest, whoever computed them.
 *
 * @param count the rows
 * @param columns the digest of each column: the sum modulo 2^128 of the XXH3-128 of each value
 * @param rows that of whole rows, which says that values stand in the same rows
 */
public record TableDigest(long count, List<BigInteger> columns, BigInteger rows) {
  private static final int BITS = 128;

  /**
   * Copies the list of columns.
   *
   * @param count the rows
   * @param columns the digest of each column
   * @param rows the digest of whole rows
   */
  public TableDigest {
    columns = List.copyOf(columns);
  }

  static TableDigest of(long schemaAddress, long arrayAddress, long count, int columnCount) {
    long[] numbers = new long[2 * (columnCount + 1)];
    NativeMethods.digestTable(schemaAddress, arrayAddress, numbers);
    List<BigInteger> digests = new ArrayList<>();
    for (int i = 0; i < numbers.length; i += 2) {
      digests.add(unsigned(numbers[i + 1]).shiftLeft(Long.SIZE).or(unsigned(numbers[i])));
    }
    return new TableDigest(count, digests.subList(0, columnCount), digests.get(columnCount));
  }

  private static BigInteger unsigned(long bits) {
    return new BigInteger(Long.toUnsignedString(bits));
  }

  /**
   * The digest of two tables, one below the other.
   *
   * @param other of a table with the same columns
   * @return their sum
   * @throws IllegalArgumentException if the other has not as many columns
   */
  public TableDigest plus(TableDigest other) {
    if (other.columns.size() != columns.size()) {
      throw new IllegalArgumentException(
          "A table of " + columns.size() + " columns and one of " + other.columns.size() + " have no digest together.");
    }
    List<BigInteger> sums = new ArrayList<>();
    for (int i = 0; i < columns.size(); ++i) {
      sums.add(sum(columns.get(i), other.columns.get(i)));
    }
    return new TableDigest(count + other.count, sums, sum(rows, other.rows));
  }

  private static BigInteger sum(BigInteger first, BigInteger second) {
    return first.add(second).mod(BigInteger.ONE.shiftLeft(BITS));
  }

  /**
   * The digest of whole rows as text.
   *
   * @return 32 hexadecimal digits
   */
  @Override
  public String toString() {
    return String.format("%032x", rows);
  }
}
