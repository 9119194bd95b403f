#include "python/python_columns.h"

#include <datetime.h>

#include <cmath>
#include <cstring>

namespace feature_extractor {
namespace {

namespace py = pybind11;
using Kind = DeclaredType::Kind;

const char* scalar_format(Kind kind) {
  switch (kind) {
    case Kind::kBool:
      return "b";
    case Kind::kInt:
      return "l";
    case Kind::kFloat:
      return "g";
    case Kind::kString:
      return "U";
    case Kind::kBytes:
      return "Z";
    case Kind::kTimestamp:
      return "tsu:";
    case Kind::kDuration:
      return "tDu";
    case Kind::kVector:
      return "+w:";
    case Kind::kStruct:
      return "+s";
    case Kind::kMap:
      return "+m";
    default:
      return "+L";
  }
}

std::string shown(py::handle value) {
  std::string text;
  try {
    text = py::cast<std::string>(py::repr(value));
  } catch (const std::exception&) {
    text = "a value that cannot be shown";
  }
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return text + " (" + Py_TYPE(value.ptr())->tp_name + ")";
}

// Imported once per module: a macro of CPython fills a static pointer of this file.
void import_datetime() {
  if (PyDateTimeAPI == nullptr) PyDateTime_IMPORT;
}

int64_t days_from_civil(int64_t year, int month, int day) {
  // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
  year -= month <= 2 ? 1 : 0;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

int64_t delta_microseconds(PyObject* delta) {
  return (PyDateTime_DELTA_GET_DAYS(delta) * int64_t{86400} + PyDateTime_DELTA_GET_SECONDS(delta)) * 1'000'000 +
         PyDateTime_DELTA_GET_MICROSECONDS(delta);
}

// A datetime without a zone is taken as UTC.
bool timestamp_of(py::handle value, int64_t* microseconds) {
  import_datetime();
  PyObject* object = value.ptr();
  if (!PyDateTime_Check(object)) return false;
  const int64_t days =
      days_from_civil(PyDateTime_GET_YEAR(object), PyDateTime_GET_MONTH(object), PyDateTime_GET_DAY(object));
  const int64_t seconds = days * 86400 + PyDateTime_DATE_GET_HOUR(object) * 3600 +
                          PyDateTime_DATE_GET_MINUTE(object) * 60 + PyDateTime_DATE_GET_SECOND(object);
  *microseconds = seconds * 1'000'000 + PyDateTime_DATE_GET_MICROSECOND(object);
  PyObject* zone = PyDateTime_DATE_GET_TZINFO(object);
  if (zone == Py_None || zone == PyDateTime_TimeZone_UTC) return true;
  const py::object offset = value.attr("utcoffset")();
  if (!offset.is_none()) *microseconds -= delta_microseconds(offset.ptr());
  return true;
}

bool numpy_time(py::handle value, const char* kind, int64_t* microseconds, bool* is_null) {
  if (std::strcmp(Py_TYPE(value.ptr())->tp_name, kind) != 0) return false;
  const std::string unit = std::string(kind) == "numpy.datetime64" ? "datetime64[us]" : "timedelta64[us]";
  *microseconds = py::cast<int64_t>(value.attr("astype")(unit).attr("astype")("int64"));
  *is_null = *microseconds == INT64_MIN;
  return true;
}

}  // namespace

ColumnBuilder::ColumnBuilder(const DeclaredType& type) : type_(type), format_(scalar_format(type.kind)) {
  if (type.kind == Kind::kVector) {
    format_ += std::to_string(type.size);
    element_type_ = std::make_unique<DeclaredType>();
    element_type_->kind = Kind::kFloat;
  } else {
    for (const DeclaredType& child : type.children) children_.push_back(std::make_unique<ColumnBuilder>(child));
  }
  if (type.kind == Kind::kStruct) {
    for (const std::string& name : type.field_names) {
      // A key that is written in a program is interned, and then found by its address.
      field_keys_.push_back(py::reinterpret_steal<py::str>(PyUnicode_InternFromString(name.c_str())));
    }
  }
  offsets_.push_back(0);
}

ColumnBuilder::~ColumnBuilder() = default;

void ColumnBuilder::reserve(size_t rows) {
  valid_.reserve(valid_.size() + rows);
  switch (type_.kind) {
    case Kind::kString:
    case Kind::kBytes:
    case Kind::kList:
    case Kind::kMap:
      offsets_.reserve(offsets_.size() + rows);
      break;
    case Kind::kStruct:
      for (auto& child : children_) child->reserve(rows);
      break;
    case Kind::kBool:
      data_.reserve(data_.size() + rows);
      break;
    case Kind::kVector:
      data_.reserve(data_.size() + rows * type_.size * sizeof(float));
      break;
    default:
      data_.reserve(data_.size() + rows * sizeof(int64_t));
      break;
  }
}

void ColumnBuilder::mismatch(py::handle value, const std::string& column, int64_t row) {
  throw py::type_error("Row " + std::to_string(row) + ", column '" + column + "': expected " + type_.text() + ", got " +
                       shown(value) + ".");
}

void ColumnBuilder::append_null() {
  valid_.push_back(0);
  ++nulls_;
  ++size_;
  switch (type_.kind) {
    case Kind::kBool:
      data_.push_back(0);
      break;
    case Kind::kString:
    case Kind::kBytes:
    case Kind::kList:
    case Kind::kMap:
      offsets_.push_back(offsets_.back());
      break;
    case Kind::kVector:
      data_.insert(data_.end(), sizeof(float) * type_.size, 0);
      break;
    case Kind::kStruct:
      for (auto& child : children_) child->append_null();
      break;
    default:
      push<int64_t>(0);
      break;
  }
}

void ColumnBuilder::append(py::handle value, const std::string& column, int64_t row) {
  if (value.is_none()) {
    append_null();
    return;
  }
  PyObject* object = value.ptr();
  switch (type_.kind) {
    case Kind::kBool:
      if (!PyBool_Check(object) && std::strcmp(Py_TYPE(object)->tp_name, "numpy.bool_") != 0 &&
          std::strcmp(Py_TYPE(object)->tp_name, "numpy.bool") != 0) {
        mismatch(value, column, row);
      }
      data_.push_back(PyObject_IsTrue(object) == 1 ? 1 : 0);
      break;
    case Kind::kInt: {
      if (PyLong_CheckExact(object)) {
        int overflow = 0;
        const int64_t number = PyLong_AsLongLongAndOverflow(object, &overflow);
        if (overflow == 0) {
          push(number);
          break;
        }
      }
      if (PyFloat_Check(object) || PyBool_Check(object) || PyIndex_Check(object) == 0) mismatch(value, column, row);
      const py::object index = py::reinterpret_steal<py::object>(PyNumber_Index(object));
      if (!index) throw py::error_already_set();
      int overflow = 0;
      const int64_t number = PyLong_AsLongLongAndOverflow(index.ptr(), &overflow);
      if (overflow != 0) {
        throw py::value_error("Row " + std::to_string(row) + ", column '" + column + "': " + shown(value) +
                              " does not fit 64 bits.");
      }
      push(number);
      break;
    }
    case Kind::kFloat: {
      if (PyFloat_CheckExact(object)) {
        push(PyFloat_AS_DOUBLE(object));
        break;
      }
      const bool is_number =
          PyFloat_Check(object) || PyLong_Check(object) || PyObject_HasAttrString(object, "__float__") != 0;
      if (!is_number || PyBool_Check(object)) mismatch(value, column, row);
      const double number = PyFloat_AsDouble(object);
      if (PyErr_Occurred() != nullptr) {
        PyErr_Clear();
        mismatch(value, column, row);
      }
      push(number);
      break;
    }
    case Kind::kString: {
      if (!PyUnicode_Check(object)) mismatch(value, column, row);
      Py_ssize_t size = 0;
      const char* text = PyUnicode_AsUTF8AndSize(object, &size);
      if (text == nullptr) {
        // A lone surrogate has no UTF-8 form; inside it is what any other text that is not UTF-8 is: null, and counted.
        PyErr_Clear();
        data_.push_back(static_cast<char>(0xFF));
        offsets_.push_back(static_cast<int64_t>(data_.size()));
        break;
      }
      data_.insert(data_.end(), text, text + size);
      offsets_.push_back(static_cast<int64_t>(data_.size()));
      break;
    }
    case Kind::kBytes: {
      if (!PyBytes_Check(object)) mismatch(value, column, row);
      const char* bytes = PyBytes_AS_STRING(object);
      data_.insert(data_.end(), bytes, bytes + PyBytes_GET_SIZE(object));
      offsets_.push_back(static_cast<int64_t>(data_.size()));
      break;
    }
    case Kind::kTimestamp:
    case Kind::kDuration: {
      import_datetime();
      int64_t microseconds = 0;
      bool is_null = false;
      if (PyLong_Check(object) && !PyBool_Check(object)) {
        microseconds = PyLong_AsLongLong(object);
        if (PyErr_Occurred() != nullptr) {
          PyErr_Clear();
          mismatch(value, column, row);
        }
      } else if (type_.kind == Kind::kDuration && PyDelta_Check(object)) {
        microseconds = delta_microseconds(object);
      } else if (!(type_.kind == Kind::kTimestamp && timestamp_of(value, &microseconds)) &&
                 !numpy_time(value, type_.kind == Kind::kTimestamp ? "numpy.datetime64" : "numpy.timedelta64",
                             &microseconds, &is_null)) {
        mismatch(value, column, row);
      }
      if (is_null) {
        append_null();
        return;
      }
      push(microseconds);
      break;
    }
    case Kind::kList:
      append_list(value, column, row);
      break;
    case Kind::kVector:
      append_vector(value, column, row);
      break;
    case Kind::kMap:
      append_map(value, column, row);
      break;
    case Kind::kStruct:
      append_struct(value, column, row);
      break;
    default:
      mismatch(value, column, row);
  }
  valid_.push_back(1);
  ++size_;
}

void ColumnBuilder::append_list(py::handle value, const std::string& column, int64_t row) {
  PyObject* object = value.ptr();
  if (PyUnicode_Check(object) || PyBytes_Check(object) || PyDict_Check(object) || PySequence_Check(object) == 0) {
    mismatch(value, column, row);
  }
  const py::object fast = py::reinterpret_steal<py::object>(PySequence_Fast(object, "a list is expected"));
  if (!fast) {
    PyErr_Clear();
    mismatch(value, column, row);
  }
  const Py_ssize_t size = PySequence_Fast_GET_SIZE(fast.ptr());
  PyObject** items = PySequence_Fast_ITEMS(fast.ptr());
  // Lists that are appended one after the other grow as vectors do: a reservation of just enough would copy each time.
  if (children_[0]->size() == 0) children_[0]->reserve(static_cast<size_t>(size));
  for (Py_ssize_t i = 0; i < size; ++i) children_[0]->append(items[i], column, row);
  offsets_.push_back(offsets_.back() + size);
}

void ColumnBuilder::append_vector(py::handle value, const std::string& column, int64_t row) {
  if (PyUnicode_Check(value.ptr()) || PyDict_Check(value.ptr())) mismatch(value, column, row);
  const auto array = py::array_t<float, py::array::c_style | py::array::forcecast>::ensure(value);
  if (!array) {
    PyErr_Clear();
    mismatch(value, column, row);
  }
  if (array.ndim() != 1 || array.shape(0) != type_.size) {
    throw py::value_error("Row " + std::to_string(row) + ", column '" + column + "': expected " + type_.text() +
                          ", got " + std::to_string(array.size()) + " numbers.");
  }
  const auto* floats = reinterpret_cast<const char*>(array.data());
  data_.insert(data_.end(), floats, floats + sizeof(float) * type_.size);
}

void ColumnBuilder::append_map(py::handle value, const std::string& column, int64_t row) {
  if (PyList_Check(value.ptr())) {
    // Arrow libraries show maps as lists of pairs.
    for (const py::handle pair : value) {
      if (!PyTuple_Check(pair.ptr()) || PyTuple_GET_SIZE(pair.ptr()) != 2) mismatch(value, column, row);
      children_[0]->append(PyTuple_GET_ITEM(pair.ptr(), 0), column, row);
      children_[1]->append(PyTuple_GET_ITEM(pair.ptr(), 1), column, row);
    }
    offsets_.push_back(offsets_.back() + PyList_GET_SIZE(value.ptr()));
    return;
  }
  if (!PyDict_Check(value.ptr())) mismatch(value, column, row);
  PyObject* key = nullptr;
  PyObject* item = nullptr;
  Py_ssize_t position = 0;
  int64_t count = 0;
  while (PyDict_Next(value.ptr(), &position, &key, &item) != 0) {
    children_[0]->append(key, column, row);
    children_[1]->append(item, column, row);
    ++count;
  }
  offsets_.push_back(offsets_.back() + count);
}

void ColumnBuilder::append_struct(py::handle value, const std::string& column, int64_t row) {
  if (!PyDict_Check(value.ptr())) mismatch(value, column, row);
  if (field_places_.empty()) {
    for (const std::string& name : type_.field_names) field_places_.push_back(column + "." + name);
  }
  for (size_t f = 0; f < children_.size(); ++f) {
    PyObject* field = PyDict_GetItemWithError(value.ptr(), field_keys_[f].ptr());
    if (field == nullptr && PyErr_Occurred() != nullptr) throw py::error_already_set();
    if (field == nullptr && !type_.children[f].nullable) {
      throw py::value_error("Row " + std::to_string(row) + ", column '" + column + "': field '" + type_.field_names[f] +
                            "' of type " + type_.children[f].text() + " is missing.");
    }
    children_[f]->append(field == nullptr ? py::none().ptr() : field, field_places_[f], row);
  }
}

bool ColumnBuilder::take_array(py::handle value) {
  if (!py::isinstance<py::array>(value)) return false;
  auto array = py::reinterpret_borrow<py::array>(value);
  const char kind = array.dtype().kind();
  const auto item = array.dtype().itemsize();
  if (type_.kind == Kind::kVector && array.ndim() == 2 && (kind == 'f' || kind == 'i' || kind == 'u')) {
    if (array.shape(1) != type_.size) return false;
    const auto floats = py::array_t<float, py::array::c_style | py::array::forcecast>::ensure(array);
    if (!floats) return false;
    size_ = floats.shape(0);
    borrowed_ = floats.data();
    kept_.push_back(floats);
    return true;
  }
  if (array.ndim() != 1) return false;
  const bool native = array.dtype().byteorder() != '>';
  if (type_.kind == Kind::kBool && kind == 'b') {
    const auto bools = py::array_t<bool, py::array::c_style>::ensure(array);
    for (py::ssize_t i = 0; i < bools.shape(0); ++i) {
      data_.push_back(bools.at(i) ? 1 : 0);
      valid_.push_back(1);
    }
    size_ = bools.shape(0);
    return true;
  }
  if ((type_.kind == Kind::kTimestamp && kind == 'M') || (type_.kind == Kind::kDuration && kind == 'm')) {
    const char* unit = kind == 'M' ? "datetime64[us]" : "timedelta64[us]";
    const auto ints = py::array_t<int64_t, py::array::c_style | py::array::forcecast>::ensure(
        array.attr("astype")(unit).attr("astype")("int64"));
    for (py::ssize_t i = 0; i < ints.shape(0); ++i) {
      const int64_t microseconds = ints.at(i);
      push(microseconds);
      valid_.push_back(microseconds == INT64_MIN ? 0 : 1);
      nulls_ += microseconds == INT64_MIN ? 1 : 0;
    }
    size_ = ints.shape(0);
    return true;
  }
  const bool is_integer = kind == 'i' || kind == 'u';
  const bool is_float = kind == 'f' && (item == 2 || item == 4 || item == 8);
  if (!native ||
      !((type_.kind == Kind::kInt && is_integer) || (type_.kind == Kind::kFloat && (is_integer || is_float)))) {
    return false;
  }
  switch (item) {
    case 1:
      format_ = kind == 'i' ? "c" : "C";
      break;
    case 2:
      format_ = kind == 'i' ? "s" : kind == 'u' ? "S" : "e";
      break;
    case 4:
      format_ = kind == 'i' ? "i" : kind == 'u' ? "I" : "f";
      break;
    case 8:
      format_ = kind == 'i' ? "l" : kind == 'u' ? "L" : "g";
      break;
    default:
      return false;
  }
  py::array contiguous = py::array::ensure(array, py::array::c_style);
  if (!contiguous) return false;
  size_ = contiguous.shape(0);
  borrowed_ = contiguous.data();
  kept_.push_back(contiguous);
  return true;
}

void ColumnBuilder::finish(const std::string& name) {
  name_ = name;
  const void* validity = nullptr;
  if (nulls_ > 0) {
    // Pack the bytes to bits in place: byte i is read before bit i's byte is written.
    for (int64_t i = 0; i < size_; ++i) {
      const uint8_t present = valid_[static_cast<size_t>(i)];
      const auto at = static_cast<size_t>(i >> 3);
      if ((i & 7) == 0)
        valid_[at] = present;
      else
        valid_[at] = static_cast<uint8_t>(valid_[at] | present << (i & 7));
    }
    validity = valid_.data();
  }
  if (type_.kind == Kind::kBool) {
    for (int64_t i = 0; i < size_; ++i) {
      const auto bit = static_cast<uint8_t>(data_[static_cast<size_t>(i)]);
      const auto at = static_cast<size_t>(i >> 3);
      const auto before = (i & 7) == 0 ? 0 : static_cast<uint8_t>(data_[at]);
      data_[at] = static_cast<char>(before | bit << (i & 7));
    }
  }
  schema_.format = format_.c_str();
  schema_.name = name_.c_str();
  schema_.flags = ARROW_FLAG_NULLABLE;
  array_.length = size_;
  array_.null_count = nulls_;
  buffers_.push_back(validity);
  const void* values = borrowed_ != nullptr ? borrowed_ : data_.data();
  switch (type_.kind) {
    case Kind::kString:
    case Kind::kBytes:
      buffers_.push_back(offsets_.data());
      buffers_.push_back(values);
      break;
    case Kind::kList:
      buffers_.push_back(offsets_.data());
      break;
    case Kind::kMap: {
      // Arrow's maps have 32-bit offsets.
      std::vector<char> narrow;
      for (const int64_t offset : offsets_) {
        const auto small = static_cast<int32_t>(offset);
        const auto* bytes = reinterpret_cast<const char*>(&small);
        narrow.insert(narrow.end(), bytes, bytes + sizeof(small));
      }
      data_ = std::move(narrow);
      buffers_.push_back(data_.data());
      break;
    }
    case Kind::kStruct:
      break;
    case Kind::kVector:
      break;
    default:
      buffers_.push_back(values);
      break;
  }
  array_.n_buffers = static_cast<int64_t>(buffers_.size());
  array_.buffers = buffers_.data();

  if (type_.kind == Kind::kVector) {
    auto child = std::make_unique<ColumnBuilder>(*element_type_);
    child->format_ = "f";
    child->size_ = size_ * type_.size;
    child->borrowed_ = values;
    child->finish("item");
    children_.push_back(std::move(child));
  } else {
    for (size_t f = 0; f < children_.size(); ++f) {
      children_[f]->finish(type_.kind == Kind::kStruct ? type_.field_names[f]
                           : type_.kind == Kind::kMap  ? (f == 0 ? "key" : "value")
                                                       : "item");
    }
  }
  for (auto& child : children_) {
    schema_children_.push_back(child->schema());
    array_children_.push_back(child->array());
  }
  if (type_.kind == Kind::kMap) {
    entries_schema_.format = "+s";
    entries_schema_.name = "entries";
    entries_schema_.n_children = 2;
    entries_schema_.children = schema_children_.data();
    entries_array_.length = children_[0]->size();
    entries_array_.n_buffers = 1;
    entries_array_.buffers = &entries_buffer_;
    entries_array_.n_children = 2;
    entries_array_.children = array_children_.data();
    schema_.n_children = 1;
    schema_.children = &entries_schema_pointer_;
    array_.n_children = 1;
    array_.children = &entries_array_pointer_;
    return;
  }
  schema_.n_children = static_cast<int64_t>(schema_children_.size());
  schema_.children = schema_children_.data();
  array_.n_children = static_cast<int64_t>(array_children_.size());
  array_.children = array_children_.data();
}

ColumnBuilder& TableBuilder::add(const std::string& name, const DeclaredType& type) {
  Column column;
  column.name = name;
  column.type = std::make_unique<DeclaredType>(type);
  column.builder = std::make_unique<ColumnBuilder>(*column.type);
  columns_.push_back(std::move(column));
  return *columns_.back().builder;
}

void TableBuilder::add(ArrowSchema* schema, ArrowArray* array) {
  schemas_.push_back(schema);
  arrays_.push_back(array);
}

void TableBuilder::finish() {
  for (Column& column : columns_) {
    column.builder->finish(column.name);
    add(column.builder->schema(), column.builder->array());
  }
  schema_.format = "+s";
  schema_.name = "";
  schema_.n_children = static_cast<int64_t>(schemas_.size());
  schema_.children = schemas_.data();
  array_.length = arrays_.empty() ? 0 : arrays_[0]->length;
  for (size_t i = 0; i < arrays_.size(); ++i) {
    if (arrays_[i]->length != array_.length) {
      throw py::value_error(std::string("Column '") + schemas_[i]->name + "' has " +
                            std::to_string(arrays_[i]->length) + " rows, and column '" + schemas_[0]->name + "' has " +
                            std::to_string(array_.length) + ": all columns must have the same length.");
    }
  }
  array_.n_buffers = 1;
  array_.buffers = &buffer_;
  array_.n_children = static_cast<int64_t>(arrays_.size());
  array_.children = arrays_.data();
}

}  // namespace feature_extractor
