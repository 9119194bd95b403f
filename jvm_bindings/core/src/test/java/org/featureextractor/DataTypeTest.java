package org.featureextractor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataTypeTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "bool", "int?", "float", "string?", "bytes", "timestamp", "duration?", "vector<32>", "list<int?>?",
        "map<string, list<float?>>", "{movie: int, at: timestamp?}?",
        "list<{name: string, tags: list<{a_1: int}>?, v: vector<2>?}>"
      })
  void textIsReadAndWrittenBack(String text) {
    assertEquals(text, DataType.parse(text).toString());
  }

  @Test
  void partsAreTyped() {
    DataType type = DataType.parse("list<{movie:int,at:timestamp?}>");
    DataType.ListType list = (DataType.ListType) type;
    DataType.StructType struct = (DataType.StructType) list.element();
    assertEquals("movie", struct.fields().get(0).name());
    assertEquals(new DataType.TimestampType(true), struct.fields().get(1).type());
    assertTrue(struct.fields().get(1).type().nullable());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "in", "int int", "int??", "list", "list<>", "list<int", "map<int>", "vector<0>", "vector<-1>", "vector<x>",
        "vector<99999999999>", "{}", "{a}", "{a: }", "{a: int", "list<int>>", "?", "é", "{a: int,}"
      })
  void whatIsNoTypeIsRefused(String text) {
    IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> DataType.parse(text));
    assertTrue(refused.getMessage().contains("is not a type of an input"), refused.getMessage());
  }

  @Test
  void deepTypesAreRefusedAndDoNotOverflowTheStack() {
    String text = "list<".repeat(100_000) + "int" + ">".repeat(100_000);
    assertThrows(IllegalArgumentException.class, () -> DataType.parse(text));
  }
}
