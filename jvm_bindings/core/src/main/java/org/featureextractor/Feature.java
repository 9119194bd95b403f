package org.featureextractor;

/**
 * A feature that a program computes.
 *
 * @param index the position among the features of the program
 * @param name the name of the feature
 * @param kind the kind, which decides the shape of the values
 * @param width the floats per row of {@link FeatureKind#DENSE} and {@link FeatureKind#LABEL}, else 0
 * @param maximum the most ids per row of {@link FeatureKind#IDS} and {@link FeatureKind#WEIGHTED}; 0 where there is no bound
 * @param size ids are in {@code [0, size)}, for the three kinds of ids; else 0
 */
public record Feature(int index, String name, FeatureKind kind, int width, int maximum, long size) {}
