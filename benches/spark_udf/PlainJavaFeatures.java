import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF2;

/** Features of the grocery example as one writes them without feature_extractor: a Java function of a request and a candidate. */
public final class PlainJavaFeatures implements UDF2<Row, Row, Row> {
  private static final long serialVersionUID = 1L;

  @Override
  public Row call(Row request, Row candidate) {
    long product = candidate.getAs("product");
    long count = 0;
    List<Row> history = request.getList(request.fieldIndex("history"));
    for (Row event : history) {
      count += event.<Long>getAs("product") == product ? 1 : 0;
    }
    Map<String, Double> taste = request.getJavaMap(request.fieldIndex("taste"));
    Double share = taste == null ? null : taste.get(candidate.<String>getAs("department"));
    double visits = number(request, "store_visits_28d");
    double baskets = number(candidate, "baskets_28d");
    String display = candidate.getAs("display");
    String description = candidate.getAs("description");
    double trend = Math.log((number(candidate, "baskets_7d") * 4 + 1) / (baskets + 1));
    return RowFactory.create(
        (float) Math.log1p(baskets),
        (float) clip(trend, -3, 3),
        (float) ((number(candidate, "store_baskets_28d") + 0.008 * 200) / (visits + 200)),
        (float) ratio(baskets, number(candidate, "households_28d")),
        (float) clip(ratio(number(candidate, "units_28d"), baskets), 0, 12),
        (float) clip(1 - ratio(number(candidate, "price"), number(candidate, "shelf_price")), 0, 1),
        display != null && !display.equals("0") ? 1f : 0f,
        "Private".equals(candidate.<String>getAs("brand")) ? 1f : 0f,
        description != null && description.length() >= 30 ? 1f : 0f,
        (float) Math.log1p(count),
        share == null ? 0f : share.floatValue());
  }

  /** A number, or NaN where there is none. */
  private static double number(Row row, String name) {
    Number value = row.getAs(name);
    return value == null ? Double.NaN : value.doubleValue();
  }

  private static double ratio(double part, double whole) {
    double result = part / whole;
    return whole == 0 || Double.isNaN(result) ? 1 : result;
  }

  private static double clip(double value, double low, double high) {
    return Math.max(low, Math.min(high, value));
  }
}
