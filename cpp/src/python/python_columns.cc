#include "python/python_columns.h"

#include <datetime.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "arrow/shown_text.h"

namespace feature_extractor {
namespace {

namespace py = pybind11;
using Kind = DeclaredType::Kind;

// NumPy's NPY_ARRAY_ALIGNED: a field of a structured array, or what stands in a file, may begin at any byte.
constexpr int kAligned = 0x0100;

std::string shown(py::handle value) {
  std::string text;
  try {
    text = py::cast<std::string>(py::repr(value));
  } catch (const std::exception&) {
    text = "a value that cannot be shown";
  }
  return shown_text(text, 60) + " (" + Py_TYPE(value.ptr())->tp_name + ")";
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

// Whether a zone has the same distance from UTC at all times, as far as that is known: those of `datetime.timezone`, and what Arrow
// libraries give to their instants, `zoneinfo.ZoneInfo("UTC")`.
bool has_one_offset(py::handle zone) {
  const char* const type = Py_TYPE(zone.ptr())->tp_name;
  if (std::strcmp(type, "datetime.timezone") == 0) return true;
  return std::strcmp(type, "zoneinfo.ZoneInfo") == 0 && py::str(zone).equal(py::str("UTC"));
}

// A datetime without a zone is taken as UTC.
bool timestamp_of(py::handle value, KnownZone* known, int64_t* microseconds) {
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
  if (zone == known->zone.ptr()) {
    *microseconds -= known->offset;
    return true;
  }
  const py::object offset = value.attr("utcoffset")();
  if (offset.is_none()) return true;
  *microseconds -= delta_microseconds(offset.ptr());
  if (has_one_offset(zone)) *known = {py::reinterpret_borrow<py::object>(zone), delta_microseconds(offset.ptr())};
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

DictFields::DictFields(const std::vector<std::string>& names) : values_(names.size()) {
  for (const std::string& name : names) {
    // A key that is written in a program is interned, and then found by its address.
    names_.push_back(py::reinterpret_steal<py::object>(PyUnicode_InternFromString(name.c_str())));
    order_.push_back({names_.back(), order_.size()});
  }
}

void DictFields::find(py::handle dict) {
  for (py::object& value : values_) value = py::object();
  // Where most items are not asked for, hashing is quicker than to pass over them.
  if (PyDict_Size(dict.ptr()) > static_cast<Py_ssize_t>(names_.size() * 8)) return look_up(dict.ptr());
  PyObject* key = nullptr;
  PyObject* value = nullptr;
  Py_ssize_t position = 0;
  for (size_t next = 0; PyDict_Next(dict.ptr(), &position, &key, &value) != 0; ++next) {
    if ((next >= order_.size() || order_[next].key.ptr() != key) && !place_of(key, next, &next)) {
      return look_up(dict.ptr());
    }
    const size_t field = order_[next].field;
    if (field != kNoField) values_[field] = py::reinterpret_borrow<py::object>(value);
  }
}

bool DictFields::place_of(PyObject* key, size_t next, size_t* place) {
  constexpr size_t kMost = 256;
  if (!PyUnicode_CheckExact(key) || !PyUnicode_IS_COMPACT(key) || order_.size() >= kMost) return false;
  const size_t size = order_.size();
  const auto is_equal = [&](size_t i) {
    PyObject* const known = order_[i].key.ptr();
    return known == key ||
           (PyUnicode_GET_LENGTH(known) == PyUnicode_GET_LENGTH(key) && PyUnicode_KIND(known) == PyUnicode_KIND(key) &&
            std::memcmp(PyUnicode_DATA(known), PyUnicode_DATA(key),
                        static_cast<size_t>(PyUnicode_GET_LENGTH(key)) * PyUnicode_KIND(key)) == 0);
  };
  next = std::min(next, size);
  for (size_t i = 0; i < size; ++i) {
    // From the one that is expected on: mostly some are left out.
    const size_t at = next + i < size ? next + i : next + i - size;
    if (!is_equal(at)) continue;
    order_[at].key = py::reinterpret_borrow<py::object>(key);
    *place = at;
    if (at < next) {
      // The order is another one: it is expected behind the key before from now on.
      std::rotate(order_.begin() + static_cast<ptrdiff_t>(at), order_.begin() + static_cast<ptrdiff_t>(at) + 1,
                  order_.begin() + static_cast<ptrdiff_t>(next));
      *place = next - 1;
    }
    return true;
  }
  order_.insert(order_.begin() + static_cast<ptrdiff_t>(next), {py::reinterpret_borrow<py::object>(key), kNoField});
  *place = next;
  return true;
}

void DictFields::look_up(PyObject* dict) {
  for (size_t i = 0; i < names_.size(); ++i) {
    PyObject* const value = PyDict_GetItemWithError(dict, names_[i].ptr());
    if (value == nullptr && PyErr_Occurred() != nullptr) throw py::error_already_set();
    values_[i] = py::reinterpret_borrow<py::object>(value);
  }
}

ColumnBuilder::ColumnBuilder(ColumnWriter& writer) : writer_(writer), type_(writer.type()) {
  children_.reserve(writer.child_count());
  for (size_t i = 0; i < writer.child_count(); ++i) children_.emplace_back(writer.child(i));
  if (type_.kind == Kind::kStruct) fields_.emplace(type_.field_names);
}

void ColumnBuilder::mismatch(py::handle value, const std::string& column, int64_t row) {
  throw py::type_error("Row " + std::to_string(row) + ", column '" + column + "': expected " + type_.text() + ", got " +
                       shown(value) + ".");
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
      writer_.add_bool(PyObject_IsTrue(object) == 1);
      return;
    case Kind::kInt: {
      if (PyLong_CheckExact(object)) {
        int overflow = 0;
        const int64_t number = PyLong_AsLongLongAndOverflow(object, &overflow);
        if (overflow == 0) {
          writer_.add_int(number);
          return;
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
      writer_.add_int(number);
      return;
    }
    case Kind::kFloat: {
      if (PyFloat_CheckExact(object)) {
        writer_.add_float(PyFloat_AS_DOUBLE(object));
        return;
      }
      const bool is_number =
          PyFloat_Check(object) || PyLong_Check(object) || PyObject_HasAttrString(object, "__float__") != 0;
      if (!is_number || PyBool_Check(object)) mismatch(value, column, row);
      const double number = PyFloat_AsDouble(object);
      if (PyErr_Occurred() != nullptr) {
        PyErr_Clear();
        mismatch(value, column, row);
      }
      writer_.add_float(number);
      return;
    }
    case Kind::kString: {
      if (!PyUnicode_Check(object)) mismatch(value, column, row);
      if (PyUnicode_IS_COMPACT_ASCII(object)) {
        writer_.add_text(
            {static_cast<const char*>(PyUnicode_DATA(object)), static_cast<size_t>(PyUnicode_GET_LENGTH(object))});
        return;
      }
      Py_ssize_t size = 0;
      const char* text = PyUnicode_AsUTF8AndSize(object, &size);
      if (text == nullptr) {
        // A lone surrogate has no UTF-8 form; inside it is what any other text that is not UTF-8 is: null, and counted.
        PyErr_Clear();
        writer_.add_text_without_form();
        return;
      }
      writer_.add_text({text, static_cast<size_t>(size)});
      return;
    }
    case Kind::kBytes: {
      if (!PyBytes_Check(object)) mismatch(value, column, row);
      writer_.add_text({PyBytes_AS_STRING(object), static_cast<size_t>(PyBytes_GET_SIZE(object))});
      return;
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
      } else if (!(type_.kind == Kind::kTimestamp && timestamp_of(value, &zone_, &microseconds)) &&
                 !numpy_time(value, type_.kind == Kind::kTimestamp ? "numpy.datetime64" : "numpy.timedelta64",
                             &microseconds, &is_null)) {
        mismatch(value, column, row);
      }
      if (is_null) {
        writer_.add_null();
      } else {
        writer_.add_int(microseconds);
      }
      return;
    }
    case Kind::kList:
      append_list(value, column, row);
      return;
    case Kind::kVector:
      append_vector(value, column, row);
      return;
    case Kind::kMap:
      append_map(value, column, row);
      return;
    case Kind::kStruct:
      append_struct(value, column, row);
      return;
    default:
      mismatch(value, column, row);
  }
}

void ColumnBuilder::append_list(py::handle value, const std::string& column, int64_t row) {
  PyObject* object = value.ptr();
  if (PyList_CheckExact(object)) {
    // Lists that are appended one after the other grow as vectors do: a reservation of just enough would copy each time.
    if (writer_.child(0).size() == 0) writer_.child(0).reserve(static_cast<size_t>(PyList_GET_SIZE(object)));
    append_elements(object, column, row);
    writer_.end_list();
    return;
  }
  if (PyUnicode_Check(object) || PyBytes_Check(object) || PyDict_Check(object) || PySequence_Check(object) == 0) {
    mismatch(value, column, row);
  }
  const py::object fast = py::reinterpret_steal<py::object>(PySequence_Fast(object, "a list is expected"));
  if (!fast) {
    PyErr_Clear();
    mismatch(value, column, row);
  }
  append_elements(fast.ptr(), column, row);
  writer_.end_list();
}

void ColumnBuilder::append_elements(PyObject* list, const std::string& column, int64_t row) {
  // The size is asked for each time, and each element is held: a value's own methods may change the list.
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(list); ++i) {
    const auto element = py::reinterpret_borrow<py::object>(PySequence_Fast_GET_ITEM(list, i));
    children_[0].append(element, column, row);
  }
}

// A list of as many floats as the vector has numbers, which NumPy would make an array of. False for all else, also for numbers
// that are too large for float32: NumPy warns of them.
bool ColumnBuilder::append_floats(PyObject* object) {
  if (!PyList_CheckExact(object) || PyList_GET_SIZE(object) != static_cast<Py_ssize_t>(type_.size)) return false;
  for (uint32_t i = 0; i < type_.size; ++i) {
    PyObject* const item = PyList_GET_ITEM(object, i);
    if (!PyFloat_CheckExact(item)) return false;
    const double number = PyFloat_AS_DOUBLE(item);
    if (std::isinf(static_cast<float>(number)) && !std::isinf(number)) return false;
  }
  for (uint32_t i = 0; i < type_.size; ++i) {
    writer_.add_number(static_cast<float>(PyFloat_AS_DOUBLE(PyList_GET_ITEM(object, i))));
  }
  writer_.end_vector();
  return true;
}

void ColumnBuilder::append_vector(py::handle value, const std::string& column, int64_t row) {
  if (append_floats(value.ptr())) return;
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
  for (uint32_t i = 0; i < type_.size; ++i) writer_.add_number(array.data()[i]);
  writer_.end_vector();
}

void ColumnBuilder::append_map(py::handle value, const std::string& column, int64_t row) {
  if (PyList_Check(value.ptr())) {
    // Arrow libraries show maps as lists of pairs.
    for (const py::handle pair : value) {
      if (!PyTuple_Check(pair.ptr()) || PyTuple_GET_SIZE(pair.ptr()) != 2) mismatch(value, column, row);
      children_[0].append(PyTuple_GET_ITEM(pair.ptr(), 0), column, row);
      children_[1].append(PyTuple_GET_ITEM(pair.ptr(), 1), column, row);
    }
    writer_.end_list();
    return;
  }
  if (!PyDict_Check(value.ptr())) mismatch(value, column, row);
  PyObject* key = nullptr;
  PyObject* item = nullptr;
  Py_ssize_t position = 0;
  while (PyDict_Next(value.ptr(), &position, &key, &item) != 0) {
    const auto kept_key = py::reinterpret_borrow<py::object>(key);
    const auto kept_item = py::reinterpret_borrow<py::object>(item);
    children_[0].append(kept_key, column, row);
    children_[1].append(kept_item, column, row);
  }
  writer_.end_list();
}

void ColumnBuilder::append_struct(py::handle value, const std::string& column, int64_t row) {
  if (!PyDict_Check(value.ptr())) mismatch(value, column, row);
  if (field_places_.empty()) {
    for (const std::string& name : type_.field_names) field_places_.push_back(column + "." + name);
  }
  fields_->find(value);
  for (size_t f = 0; f < children_.size(); ++f) {
    const py::handle field = (*fields_)[f];
    if (field) {
      children_[f].append(field, field_places_[f], row);
      continue;
    }
    if (!type_.children[f].nullable) {
      throw py::value_error("Row " + std::to_string(row) + ", column '" + column + "': field '" + type_.field_names[f] +
                            "' of type " + type_.children[f].text() + " is missing.");
    }
    children_[f].append_null();
  }
  writer_.end_struct();
}

bool ColumnBuilder::take_array(py::handle value) {
  if (!py::isinstance<py::array>(value)) return false;
  auto array = py::reinterpret_borrow<py::array>(value);
  const char kind = array.dtype().kind();
  const auto item = array.dtype().itemsize();
  if (type_.kind == Kind::kVector && array.ndim() == 2 && (kind == 'f' || kind == 'i' || kind == 'u')) {
    if (array.shape(1) != type_.size) return false;
    const auto floats = py::array_t<float, py::array::c_style | py::array::forcecast | kAligned>::ensure(array);
    if (!floats) return false;
    writer_.borrow("", floats.data(), floats.shape(0));
    kept_.push_back(floats);
    return true;
  }
  if (array.ndim() != 1) return false;
  const bool native = array.dtype().byteorder() != '>';
  if (type_.kind == Kind::kBool && kind == 'b') {
    const auto bools = py::array_t<bool, py::array::c_style>::ensure(array);
    for (py::ssize_t i = 0; i < bools.shape(0); ++i) writer_.add_bool(bools.at(i));
    return true;
  }
  if ((type_.kind == Kind::kTimestamp && kind == 'M') || (type_.kind == Kind::kDuration && kind == 'm')) {
    const char* unit = kind == 'M' ? "datetime64[us]" : "timedelta64[us]";
    const auto ints = py::array_t<int64_t, py::array::c_style | py::array::forcecast>::ensure(
        array.attr("astype")(unit).attr("astype")("int64"));
    for (py::ssize_t i = 0; i < ints.shape(0); ++i) {
      if (ints.at(i) == INT64_MIN) {
        writer_.add_null();
      } else {
        writer_.add_int(ints.at(i));
      }
    }
    return true;
  }
  const bool is_integer = kind == 'i' || kind == 'u';
  const bool is_float = kind == 'f' && (item == 2 || item == 4 || item == 8);
  if (!native ||
      !((type_.kind == Kind::kInt && is_integer) || (type_.kind == Kind::kFloat && (is_integer || is_float)))) {
    return false;
  }
  const char* format = nullptr;
  switch (item) {
    case 1:
      format = kind == 'i' ? "c" : "C";
      break;
    case 2:
      format = kind == 'i' ? "s" : kind == 'u' ? "S" : "e";
      break;
    case 4:
      format = kind == 'i' ? "i" : kind == 'u' ? "I" : "f";
      break;
    case 8:
      format = kind == 'i' ? "l" : kind == 'u' ? "L" : "g";
      break;
    default:
      return false;
  }
  py::array contiguous = py::array::ensure(array, py::array::c_style | kAligned);
  if (!contiguous) return false;
  writer_.borrow(format, contiguous.data(), contiguous.shape(0));
  kept_.push_back(contiguous);
  return true;
}

ColumnBuilder& TableBuilder::add(const std::string& name, const DeclaredType& type) {
  return builders_.emplace_back(table_.add(name, type));
}

void TableBuilder::finish() {
  if (Status status = table_.finish(); !status.ok()) throw py::value_error(status.message);
}

}  // namespace feature_extractor
