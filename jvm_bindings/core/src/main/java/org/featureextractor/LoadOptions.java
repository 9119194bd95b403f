package org.featureextractor;

/**
 * How a package is loaded.
 *
 * @param skipResourceDigests do not read resources in full to compare their digests. Loading stays safe, but damage may go
 *     unnoticed.
 * @param skipGoldenRows do not compute the golden rows that a package may have, which prove that it gives the same values here as
 *     where it was made.
 */
public record LoadOptions(boolean skipResourceDigests, boolean skipGoldenRows) {
  /** The system property that skips golden rows, {@value}, where a program or an engine loads packages without options. */
  public static final String SKIP_GOLDEN_ROWS_PROPERTY = "org.featureextractor.skipGoldenRows";

  /** Everything is checked, unless the system property {@value #SKIP_GOLDEN_ROWS_PROPERTY} is {@code true}. */
  public static final LoadOptions DEFAULT = new LoadOptions(false);

  /**
   * Options with golden rows computed, unless the system property {@value #SKIP_GOLDEN_ROWS_PROPERTY} is {@code true}.
   *
   * @param skipResourceDigests do not read resources in full to compare their digests
   */
  public LoadOptions(boolean skipResourceDigests) {
    this(skipResourceDigests, Boolean.getBoolean(SKIP_GOLDEN_ROWS_PROPERTY));
  }
}
