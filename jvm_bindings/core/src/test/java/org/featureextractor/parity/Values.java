package org.featureextractor.parity;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.featureextractor.ColumnWriter;
import org.featureextractor.DataType;

/** Values as {@link ParityRunner} describes them: read to Java's own, and written through the writers of a batch. */
final class Values {
  private Values() {}

  /** Entries in order, where a key may come twice: Arrow's maps can have that, too. */
  private static final class Pairs extends AbstractMap<Object, Object> {
    private final List<Map.Entry<Object, Object>> entries;

    Pairs(List<Map.Entry<Object, Object>> entries) {
      this.entries = entries;
    }

    @Override
    public Set<Map.Entry<Object, Object>> entrySet() {
      return new AbstractSet<>() {
        @Override
        public Iterator<Map.Entry<Object, Object>> iterator() {
          return entries.iterator();
        }

        @Override
        public int size() {
          return entries.size();
        }
      };
    }
  }

  static Object read(DataType type, ByteBuffer from) {
    if (from.get() == 0) {
      return null;
    }
    if (type instanceof DataType.BooleanType) {
      return from.get() != 0;
    } else if (type instanceof DataType.FloatType) {
      return from.getDouble();
    } else if (type instanceof DataType.StringType) {
      return new String(ParityRunner.bytes(from), StandardCharsets.UTF_8);
    } else if (type instanceof DataType.BytesType) {
      return ParityRunner.bytes(from);
    } else if (type instanceof DataType.VectorType vector) {
      float[] floats = new float[vector.size()];
      for (int i = 0; i < floats.length; ++i) {
        floats[i] = from.getFloat();
      }
      return floats;
    } else if (type instanceof DataType.ListType list) {
      List<Object> elements = new ArrayList<>();
      for (int count = from.getInt(); count > 0; --count) {
        elements.add(read(list.element(), from));
      }
      return elements;
    } else if (type instanceof DataType.MapType map) {
      List<Map.Entry<Object, Object>> entries = new ArrayList<>();
      for (int count = from.getInt(); count > 0; --count) {
        Object key = read(map.key(), from);
        entries.add(new AbstractMap.SimpleEntry<>(key, read(map.value(), from)));
      }
      return new Pairs(entries);
    } else if (type instanceof DataType.StructType struct) {
      Map<String, Object> fields = new LinkedHashMap<>();
      for (DataType.Field field : struct.fields()) {
        fields.put(field.name(), read(field.type(), from));
      }
      return fields;
    }
    return from.getLong();
  }

  static void write(ColumnWriter writer, Object value) {
    DataType type = writer.type();
    if (value == null) {
      writer.writeNull();
    } else if (value instanceof Boolean flag) {
      writer.writeBoolean(flag);
    } else if (value instanceof Long number) {
      writer.writeLong(number);
    } else if (value instanceof Double number) {
      writer.writeDouble(number);
    } else if (value instanceof String text) {
      writer.writeString(text);
    } else if (value instanceof byte[] bytes) {
      writer.writeBytes(bytes);
    } else if (value instanceof float[] floats) {
      writer.writeFloats(floats, 0, floats.length);
    } else if (value instanceof List<?> elements) {
      writer.beginList();
      for (Object element : elements) {
        write(writer.element(), element);
      }
      writer.endList();
    } else if (type instanceof DataType.MapType) {
      writer.beginList();
      ((Map<?, ?>) value)
          .entrySet()
          .forEach(
              entry -> {
                write(writer.key(), entry.getKey());
                write(writer.value(), entry.getValue());
              });
      writer.endList();
    } else {
      Map<?, ?> fields = (Map<?, ?>) value;
      writer.beginStruct();
      for (int i = 0; i < writer.fieldCount(); ++i) {
        write(writer.field(i), fields.get(((DataType.StructType) type).fields().get(i).name()));
      }
      writer.endStruct();
    }
  }
}
