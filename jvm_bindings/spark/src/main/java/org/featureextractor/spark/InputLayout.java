package org.featureextractor.spark;

import java.io.Serializable;
import org.apache.spark.sql.types.DataType;

/**
 * How the inputs of a program lie in the rows that tasks read.
 *
 * @param requestTypes the types of the request inputs that features read, in the order of the program
 * @param candidateTypes those of the candidate inputs; the type of the structs' fields where candidates are nested
 * @param candidateFields the position of each candidate input in the structs; null where a row is a candidate
 * @param candidateWidth the number of fields of these structs
 * @param ordinals where the request inputs and then the candidate inputs (or the list of candidates) are in a row
 */
record InputLayout(
    DataType[] requestTypes, DataType[] candidateTypes, int[] candidateFields, int candidateWidth, int[] ordinals)
    implements Serializable {
  boolean isNested() {
    return candidateFields != null;
  }
}
