package org.featureextractor.flink;

import java.util.List;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RawValueData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.types.RowKind;
import org.apache.flink.types.variant.Variant;
import org.featureextractor.Extraction;
import org.featureextractor.Feature;
import org.featureextractor.FeatureKind;

/**
 * The features of a batch, copied out of native memory column by column, and shown as rows.
 *
 * <p>A row is a number and this batch. Numbers are not put into objects, and lists and texts become objects when they are asked for. The rows
 * never change, so whoever gets them may keep them.
 */
final class FeatureBatch {
  private final Feature[] features;
  /** For each feature {@code float[]}, {@code long[]} or {@code byte[]}. */
  private final Object[] values;

  private final float[][] weights;
  private final int[][] offsets;
  private final StringData digest;
  private final int size;

  /**
   * Copies the features.
   *
   * @param extraction is read from
   * @param digest the value of a last column, or null for none
   */
  FeatureBatch(Extraction extraction, StringData digest) {
    List<Feature> all = extraction.features();
    features = all.toArray(new Feature[0]);
    values = new Object[features.length];
    weights = new float[features.length][];
    offsets = new int[features.length][];
    this.digest = digest;
    size = Math.toIntExact(extraction.rows());
    for (int i = 0; i < features.length; ++i) {
      if (features[i].kind().isRagged()) {
        offsets[i] = new int[size + 1];
        var bounds = extraction.offsets(i);
        for (int row = 0; row <= size; ++row) {
          offsets[i][row] = Math.toIntExact(bounds.get(row));
        }
      }
      values[i] = copied(extraction, i);
      if (features[i].kind() == FeatureKind.WEIGHTED) {
        weights[i] = new float[offsets[i][size]];
        extraction.weights(i).get(weights[i]);
      }
    }
  }

  private Object copied(Extraction extraction, int feature) {
    return switch (features[feature].kind()) {
      case DENSE, LABEL -> {
        float[] floats = new float[size * features[feature].width()];
        extraction.floats(feature).get(floats);
        yield floats;
      }
      case ID -> {
        long[] ids = new long[size];
        extraction.longs(feature).get(ids);
        yield ids;
      }
      case IDS, WEIGHTED -> {
        long[] ids = new long[offsets[feature][size]];
        extraction.longs(feature).get(ids);
        yield ids;
      }
      case TEXT, VALUE -> {
        byte[] bytes = new byte[offsets[feature][size]];
        extraction.bytes(feature).get(bytes);
        yield bytes;
      }
    };
  }

  /** The number of rows. */
  int size() {
    return size;
  }

  /** The features of a row, in the order of the program, and the digest behind them. */
  RowData row(int index) {
    return new Row(this, index);
  }

  private static final class Row implements RowData {
    private final FeatureBatch batch;
    private final int index;
    private RowKind kind = RowKind.INSERT;

    Row(FeatureBatch batch, int index) {
      this.batch = batch;
      this.index = index;
    }

    private int begin(int feature) {
      return batch.offsets[feature][index];
    }

    private int count(int feature) {
      return batch.offsets[feature][index + 1] - begin(feature);
    }

    @Override
    public int getArity() {
      return batch.features.length + (batch.digest == null ? 0 : 1);
    }

    @Override
    public RowKind getRowKind() {
      return kind;
    }

    @Override
    public void setRowKind(RowKind newKind) {
      kind = newKind;
    }

    @Override
    public boolean isNullAt(int at) {
      return false;
    }

    @Override
    public float getFloat(int at) {
      return ((float[]) batch.values[at])[index];
    }

    @Override
    public long getLong(int at) {
      return ((long[]) batch.values[at])[index];
    }

    @Override
    public StringData getString(int at) {
      return at == batch.features.length
          ? batch.digest
          : StringData.fromBytes((byte[]) batch.values[at], begin(at), count(at));
    }

    @Override
    public byte[] getBinary(int at) {
      byte[] bytes = new byte[count(at)];
      System.arraycopy((byte[]) batch.values[at], begin(at), bytes, 0, bytes.length);
      return bytes;
    }

    @Override
    public ArrayData getArray(int at) {
      Feature feature = batch.features[at];
      if (feature.kind().isDense()) {
        float[] floats = new float[feature.width()];
        System.arraycopy((float[]) batch.values[at], index * floats.length, floats, 0, floats.length);
        return new GenericArrayData(floats);
      }
      int begin = begin(at);
      if (feature.kind() == FeatureKind.IDS) {
        long[] ids = new long[count(at)];
        System.arraycopy((long[]) batch.values[at], begin, ids, 0, ids.length);
        return new GenericArrayData(ids);
      }
      long[] ids = (long[]) batch.values[at];
      Object[] entries = new Object[count(at)];
      for (int i = 0; i < entries.length; ++i) {
        entries[i] = GenericRowData.of(ids[begin + i], batch.weights[at][begin + i]);
      }
      return new GenericArrayData(entries);
    }

    // A feature is nothing else.

    private static UnsupportedOperationException noSuchFeature() {
      return new UnsupportedOperationException("No feature has this type.");
    }

    @Override
    public boolean getBoolean(int at) {
      throw noSuchFeature();
    }

    @Override
    public byte getByte(int at) {
      throw noSuchFeature();
    }

    @Override
    public short getShort(int at) {
      throw noSuchFeature();
    }

    @Override
    public int getInt(int at) {
      throw noSuchFeature();
    }

    @Override
    public double getDouble(int at) {
      throw noSuchFeature();
    }

    @Override
    public DecimalData getDecimal(int at, int precision, int scale) {
      throw noSuchFeature();
    }

    @Override
    public TimestampData getTimestamp(int at, int precision) {
      throw noSuchFeature();
    }

    @Override
    public <T> RawValueData<T> getRawValue(int at) {
      throw noSuchFeature();
    }

    @Override
    public MapData getMap(int at) {
      throw noSuchFeature();
    }

    @Override
    public RowData getRow(int at, int fields) {
      throw noSuchFeature();
    }

    @Override
    public Variant getVariant(int at) {
      throw noSuchFeature();
    }
  }
}
