#include "python/message_decoder.h"

#include <pybind11/stl.h>

#include <deque>
#include <string>
#include <utility>

#include "arrow/schema_builder.h"
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

// A reader with what it read, as long as somebody has a part of it.
struct ReadMessages {
  std::shared_ptr<const RequestDecoder> decoder;
  std::unique_ptr<RequestReader> reader;  // It goes before its decoder.
};

ArrowSchema copied_schema(const ArrowSchema& schema) {
  std::vector<ArrowSchema> children;
  for (int64_t c = 0; c < schema.n_children; ++c) children.push_back(copied_schema(*schema.children[c]));
  return make_arrow_schema(schema.format, schema.name == nullptr ? "" : schema.name, std::move(children), schema.flags);
}

struct SharedArray {
  std::shared_ptr<const ReadMessages> owner;
  std::vector<ArrowArray> children;
  std::vector<ArrowArray*> pointers;
};

void release_shared(ArrowArray* array) {
  const std::unique_ptr<SharedArray> shared(static_cast<SharedArray*>(array->private_data));
  for (ArrowArray& child : shared->children) {
    if (child.release != nullptr) child.release(&child);
  }
  array->release = nullptr;
}

// The same buffers in a structure that can be released, and keeps its owner until then.
ArrowArray shared_array(const ArrowArray& array, const std::shared_ptr<const ReadMessages>& owner) {
  auto shared = std::make_unique<SharedArray>();
  shared->owner = owner;
  for (int64_t c = 0; c < array.n_children; ++c) shared->children.push_back(shared_array(*array.children[c], owner));
  for (ArrowArray& child : shared->children) shared->pointers.push_back(&child);
  ArrowArray result = array;
  result.children = shared->pointers.data();
  result.release = release_shared;
  result.private_data = shared.release();
  return result;
}

py::tuple capsules(const ArrowSchema& schema, const ArrowArray& array,
                   const std::shared_ptr<const ReadMessages>& owner) {
  auto schema_copy = std::make_unique<ArrowSchema>(copied_schema(schema));
  py::capsule schema_capsule(schema_copy.release(), "arrow_schema", [](PyObject* capsule) {
    auto* pointer = static_cast<ArrowSchema*>(PyCapsule_GetPointer(capsule, "arrow_schema"));
    if (pointer->release != nullptr) pointer->release(pointer);
    delete pointer;
  });
  auto array_copy = std::make_unique<ArrowArray>(shared_array(array, owner));
  py::capsule array_capsule(array_copy.release(), "arrow_array", [](PyObject* capsule) {
    auto* pointer = static_cast<ArrowArray*>(PyCapsule_GetPointer(capsule, "arrow_array"));
    if (pointer->release != nullptr) pointer->release(pointer);
    delete pointer;
  });
  return py::make_tuple(std::move(schema_capsule), std::move(array_capsule));
}

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

py::tuple PyMessageDecoder::decode(const py::list& messages) {
  const auto owner = std::make_shared<ReadMessages>(ReadMessages{decoder_, read(messages)});
  const ExtractionInput input = owner->reader->input();
  const py::tuple requests = capsules(*input.request_schema, *input.request, owner);
  if (input.candidate == nullptr) return py::make_tuple(requests, py::none(), py::none());
  const py::tuple candidates = capsules(*input.candidate_schema, *input.candidate, owner);
  return py::make_tuple(requests, candidates, std::vector<int64_t>(input.offsets.begin(), input.offsets.end()));
}

}  // namespace feature_extractor
