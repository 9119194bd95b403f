package org.featureextractor;

import java.util.ArrayList;
import java.util.List;

/** Reads the text of a declared type, by recursive descent. */
final class DataTypeText {
  /** Deeper types are refused: the core has the same limit, and the reader is recursive. */
  private static final int MAXIMUM_NESTING = 64;

  private final String text;
  private int at;

  DataTypeText(String text) {
    this.text = text;
  }

  static String marked(String type, boolean nullable) {
    return nullable ? type + "?" : type;
  }

  DataType parse() {
    DataType type = type(0);
    skipSpace();
    if (at < text.length()) {
      throw failure("the end");
    }
    return type;
  }

  private DataType type(int depth) {
    if (depth > MAXIMUM_NESTING) {
      throw failure("a type that is not nested so deeply");
    }
    if (take('{')) {
      List<DataType.Field> fields = new ArrayList<>();
      do {
        String name = word();
        expect(':');
        fields.add(new DataType.Field(name, type(depth + 1)));
      } while (take(','));
      expect('}');
      return new DataType.StructType(fields, take('?'));
    }
    int start = at;
    String name = word();
    switch (name) {
      case "bool":
        return new DataType.BooleanType(take('?'));
      case "int":
        return new DataType.IntegerType(take('?'));
      case "float":
        return new DataType.FloatType(take('?'));
      case "string":
        return new DataType.StringType(take('?'));
      case "bytes":
        return new DataType.BytesType(take('?'));
      case "timestamp":
        return new DataType.TimestampType(take('?'));
      case "duration":
        return new DataType.DurationType(take('?'));
      case "list": {
        expect('<');
        DataType element = type(depth + 1);
        expect('>');
        return new DataType.ListType(element, take('?'));
      }
      case "map": {
        expect('<');
        DataType key = type(depth + 1);
        expect(',');
        DataType value = type(depth + 1);
        expect('>');
        return new DataType.MapType(key, value, take('?'));
      }
      case "vector": {
        expect('<');
        int size = size();
        expect('>');
        return new DataType.VectorType(size, take('?'));
      }
      default:
        at = start;
        throw failure("a type");
    }
  }

  private int size() {
    int start = at;
    try {
      int size = Integer.parseInt(word());
      if (size > 0) {
        return size;
      }
    } catch (NumberFormatException notANumber) {
      // The message below says what was expected.
    }
    at = start;
    throw failure("the size of a vector");
  }

  private String word() {
    skipSpace();
    int start = at;
    while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
      ++at;
    }
    if (at == start) {
      throw failure("a name");
    }
    return text.substring(start, at);
  }

  private void skipSpace() {
    while (at < text.length() && text.charAt(at) == ' ') {
      ++at;
    }
  }

  private boolean take(char expected) {
    skipSpace();
    if (at < text.length() && text.charAt(at) == expected) {
      ++at;
      return true;
    }
    return false;
  }

  private void expect(char expected) {
    if (!take(expected)) {
      throw failure("'" + expected + "'");
    }
  }

  private IllegalArgumentException failure(String expected) {
    return new IllegalArgumentException(
        "'" + text + "' is not a type of an input: at character " + (at + 1) + " " + expected + " was expected.");
  }
}
