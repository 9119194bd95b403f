package org.featureextractor;

/**
 * How a package is loaded.
 *
 * @param skipResourceDigests do not read resources in full to compare their digests. Loading stays safe, but damage may go
 *     unnoticed.
 */
public record LoadOptions(boolean skipResourceDigests) {
  /** Everything is checked. */
  public static final LoadOptions DEFAULT = new LoadOptions(false);
}
