package org.featureextractor.flink;

import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.conversion.DataStructureConverter;
import org.apache.flink.table.data.conversion.DataStructureConverters;
import org.apache.flink.table.types.DataType;
import org.apache.flink.types.Row;

/** Converts rows between the form for users and the internal one. */
final class RowConversion {
  private RowConversion() {}

  static MapFunction<Row, RowData> toInternal(DataType type) {
    return new ToInternal(DataStructureConverters.getConverter(type));
  }

  static MapFunction<RowData, Row> toExternal(DataType type) {
    return new ToExternal(DataStructureConverters.getConverter(type));
  }

  private static final class ToInternal extends RichMapFunction<Row, RowData> {
    private static final long serialVersionUID = 1L;
    private final DataStructureConverter<Object, Object> converter;

    ToInternal(DataStructureConverter<Object, Object> converter) {
      this.converter = converter;
    }

    @Override
    public void open(OpenContext context) {
      converter.open(getRuntimeContext().getUserCodeClassLoader());
    }

    @Override
    public RowData map(Row row) {
      return (RowData) converter.toInternal(row);
    }
  }

  private static final class ToExternal extends RichMapFunction<RowData, Row> {
    private static final long serialVersionUID = 1L;
    private final DataStructureConverter<Object, Object> converter;

    ToExternal(DataStructureConverter<Object, Object> converter) {
      this.converter = converter;
    }

    @Override
    public void open(OpenContext context) {
      converter.open(getRuntimeContext().getUserCodeClassLoader());
    }

    @Override
    public Row map(RowData row) {
      return (Row) converter.toExternal(row);
    }
  }
}
