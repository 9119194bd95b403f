package org.featureextractor;

/** Where a value lives: one per request, or one per candidate of a request. */
public enum Domain {
  /** One value per request: the user and the context. */
  REQUEST(1),
  /** One value per candidate: a row of the output, if the program has candidates. */
  CANDIDATE(2);

  private final int number;

  Domain(int number) {
    this.number = number;
  }

  /** The number of the domain in the C interface. */
  int number() {
    return number;
  }

  static Domain ofNumber(int number) {
    return number == 1 ? REQUEST : CANDIDATE;
  }
}
