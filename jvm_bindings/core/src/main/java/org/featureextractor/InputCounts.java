package org.featureextractor;

/**
 * How many values of an input did not exist inside, by reason.
 *
 * @param nulls were null in the data; the others became null at the boundary
 * @param notFinite NaN and infinities
 * @param notUtf8 text that is not valid UTF-8
 * @param outOfRange integers and instants beyond 64 bits
 * @param wrongSize vectors with another number of elements
 */
public record InputCounts(long nulls, long notFinite, long notUtf8, long outOfRange, long wrongSize) {}
