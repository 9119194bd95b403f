package org.featureextractor;

/**
 * A declared input of a program.
 *
 * @param name the name of the column
 * @param type the declared type
 * @param domain whether there is one value per request or per candidate
 * @param used false if no feature reads it: the column may then be missing
 */
public record Input(String name, DataType type, Domain domain, boolean used) {}
