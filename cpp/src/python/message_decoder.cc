#include "python/message_decoder.h"

#include <deque>
#include <string>

#include "python/engine_error.h"

namespace feature_extractor {

namespace py = pybind11;

namespace {

// The bytes of Python's objects, held while they are read.
class MessageBytes {
 public:
  MessageBytes() = default;
  MessageBytes(const MessageBytes&) = delete;
  MessageBytes& operator=(const MessageBytes&) = delete;
  ~MessageBytes() {
    for (Py_buffer& view : views_) PyBuffer_Release(&view);
  }

  void add(py::handle message, bool reads_text) {
    if (reads_text && PyUnicode_Check(message.ptr())) {
      Py_ssize_t size = 0;
      const char* text = PyUnicode_AsUTF8AndSize(message.ptr(), &size);
      if (text == nullptr) throw py::error_already_set();
      kept_.push_back(py::reinterpret_borrow<py::object>(message));
      texts_.emplace_back(text, static_cast<size_t>(size));
      return;
    }
    Py_buffer view;
    if (PyObject_GetBuffer(message.ptr(), &view, PyBUF_SIMPLE) != 0) {
      PyErr_Clear();
      throw py::type_error(std::string("A message must be bytes") + (reads_text ? " or str" : "") + ", not " +
                           Py_TYPE(message.ptr())->tp_name + ".");
    }
    views_.push_back(view);
    texts_.emplace_back(static_cast<const char*>(view.buf), static_cast<size_t>(view.len));
  }

  const std::vector<Text>& texts() const { return texts_; }

 private:
  std::deque<Py_buffer> views_;
  std::vector<py::object> kept_;
  std::vector<Text> texts_;
};

}  // namespace

std::unique_ptr<RequestReader> PyMessageDecoder::take() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return decoder_->new_reader();
  std::unique_ptr<RequestReader> reader = std::move(idle_.back());
  idle_.pop_back();
  return reader;
}

void PyMessageDecoder::give_back(std::unique_ptr<RequestReader> reader) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(reader));
}

std::unique_ptr<RequestReader> PyMessageDecoder::read(const py::list& messages) {
  MessageBytes bytes;
  for (const py::handle message : messages) bytes.add(message, reads_text_);
  std::unique_ptr<RequestReader> reader;
  const Status status = [&] {
    const py::gil_scoped_release release;
    reader = take();
    return reader->read(bytes.texts());
  }();
  if (!status.ok()) {
    give_back(std::move(reader));
    raise_engine_error(status);
  }
  return reader;
}

}  // namespace feature_extractor
