package org.featureextractor;

/** The kind of a feature: it decides the shape in which a model receives the values. */
public enum FeatureKind {
  /** {@link Feature#width()} 32-bit floats per row. */
  DENSE,
  /** One 64-bit id per row. */
  ID,
  /** Any number of 64-bit ids per row. */
  IDS,
  /** Any number of 64-bit ids per row, each with a 32-bit float as its weight. */
  WEIGHTED,
  /** UTF-8 text, one per row. */
  TEXT,
  /** As {@link #DENSE}, but what the model learns, not what it reads. */
  LABEL,
  /** Bytes of any value: only in packages that tools and tests make. */
  VALUE;

  private static final FeatureKind[] KINDS = values();

  static FeatureKind ofNumber(int number) {
    return KINDS[number];
  }

  /**
   * Whether the values are 32-bit floats, a fixed number per row.
   *
   * @return true for dense features and labels
   */
  public boolean isDense() {
    return this == DENSE || this == LABEL;
  }

  /**
   * Whether rows may have different numbers of values: ids, or bytes.
   *
   * @return true for ids, weighted ids, texts and values
   */
  public boolean isRagged() {
    return this == IDS || this == WEIGHTED || this == TEXT || this == VALUE;
  }

  /**
   * Whether the values are 64-bit ids.
   *
   * @return true for an id and for ids, weighted or not
   */
  public boolean isId() {
    return this == ID || this == IDS || this == WEIGHTED;
  }
}
