/* The C interface of feature_extractor: load a package, extract features from Arrow data, read them in place.
 *
 * It is the seam for every language but Python. Rules that hold for all of it:
 *
 * - Handles are opaque. A function that returns a handle gives it to the caller, who frees it with the function named there.
 *   Freeing NULL does nothing.
 * - A function that can fail returns a code and, where the last argument is not NULL, an error with a message for people. On
 *   failure other outputs are left as they were; on success the error is left as it was.
 * - No C++ exception leaves a call. A NULL where a handle or an output is needed is FX_INVALID_ARGUMENT; functions that return no
 *   code give "", 0 or NULL for it.
 * - Structures that may grow start with `struct_size`, which the caller sets to sizeof of the structure it was compiled with. What
 *   lies behind that size takes its default.
 * - Text is UTF-8 and ends with a zero byte. Pointers into a handle stay valid until the handle is freed.
 * - Extractors and services may be used by many threads at once. A session is meant for one thread at a time; what it made may be
 *   read and freed by any thread, also after the session was freed.
 * - Arrow data that comes in is checked for its structure: children, numbers of buffers, missing buffers, lengths. That offsets
 *   rise, and that buffers are as long as they must be, is the producer's promise, as everywhere in Arrow.
 *
 * Functions are added, never changed: a program compiled against FX_ABI_VERSION n runs with any library whose
 * fx_abi_version() is at least n.
 */
#ifndef FEATURE_EXTRACTOR_C_API_H_
#define FEATURE_EXTRACTOR_C_API_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#error "feature_extractor runs on Linux."
#endif
#define FX_API __attribute__((visibility("default")))

#define FX_ABI_VERSION 2

/* The structures of the Arrow C data interface (https://arrow.apache.org/docs/format/CDataInterface.html). */
struct ArrowSchema;
struct ArrowArray;

typedef enum fx_code {
  FX_OK = 0,
  FX_INVALID_ARGUMENT = 1, /* The caller passed something that cannot be used; or the data does not fit the program. */
  FX_NOT_FOUND = 2,        /* A file or a name does not exist. */
  FX_IO = 3,               /* The operating system refused to read or map a file. */
  FX_CORRUPT = 4,          /* The package is damaged, truncated, or was changed after it was written. */
  FX_UNSUPPORTED_VERSION = 5, /* The package was written for another version of the engine. */
  FX_INVALID_PLAN = 6,        /* The plan breaks a rule that the loader verifies. */
  FX_LIMIT = 7,               /* A documented limit is exceeded. */
  FX_OUT_OF_MEMORY = 8,       /* The system, or the caller's own `reserve`, has no more memory. */
  FX_INTERNAL = 9,            /* A defect of this library. */
  FX_DIFFERENT_VALUES = 10    /* The golden rows of the package give other values here than where it was made. */
} fx_code;

typedef struct fx_error fx_error;           /* Why a call failed. */
typedef struct fx_extractor fx_extractor;   /* A loaded package. It never changes. */
typedef struct fx_session fx_session;       /* Reusable memory to extract with: one per thread, task or connection. */
typedef struct fx_extraction fx_extraction; /* The features of one batch. */
typedef struct fx_service fx_service;       /* The extractor that is current, and can be swapped. */
typedef struct fx_decoder fx_decoder;       /* How messages of one format fit an extractor. It never changes. */

/* ---- Versions and errors ------------------------------------------------------------------------------------------- */

FX_API uint32_t fx_abi_version(void);          /* FX_ABI_VERSION of the library that runs. */
FX_API const char* fx_version(void);           /* Of the library, such as "0.1.0". */
FX_API const char* fx_code_name(fx_code code); /* "invalid_argument"; "unknown" for other numbers. */

FX_API fx_code fx_error_code(const fx_error* error);        /* FX_OK for NULL. */
FX_API const char* fx_error_message(const fx_error* error); /* "" for NULL. */
FX_API void fx_error_free(fx_error* error);

/* ---- Plug-ins ------------------------------------------------------------------------------------------------------ */

/* Loads a plug-in, a shared object with operators (docs/plugins.md), into this process, where it stays: packages that need it can
 * be loaded from then on. Loading it again does nothing. A file that is no plug-in, or was built for another engine, is refused
 * with the reason. Any thread may call this while others extract. */
FX_API fx_code fx_plugin_load(const char* path, fx_error** error);

typedef struct fx_plugin_info {
  size_t struct_size;
  const char* name;     /* The prefix of its operators. */
  const char* version;  /* MAJOR.MINOR.PATCH */
  const char* path;     /* The file that it was loaded from: absolute, without links. */
  const char* digest;   /* Of its operators' specs: 32 hexadecimal digits. */
  const char* registry; /* Its operators' specs as JSON. */
} fx_plugin_info;

/* The plug-ins of this process, in the order of loading. The texts stay valid for ever. */
FX_API size_t fx_plugin_count(void);
FX_API fx_code fx_plugin(size_t index, fx_plugin_info* info);

/* ---- Packages ------------------------------------------------------------------------------------------------------ */

typedef struct fx_load_options {
  size_t struct_size;
  /* 1: do not read resources in full to compare their digests. It stays safe, but damage may go unnoticed. */
  int32_t skip_resource_digests;
  /* For tests: an upper bound (0 baseline, 1 AVX2, 2 AVX-512), plus one; 0 means no bound. No bit of a result depends on it. */
  int32_t simd_level_bound;
  /* 1: do not compute the golden rows that a package may have (docs/verification.md). */
  int32_t skip_golden_rows;
} fx_load_options;

/* `options` may be NULL. Free the extractor with fx_extractor_free. */
FX_API fx_code fx_load_file(const char* path, const fx_load_options* options, fx_extractor** extractor,
                            fx_error** error);
/* The bytes are copied. */
FX_API fx_code fx_load_bytes(const void* bytes, size_t size, const fx_load_options* options, fx_extractor** extractor,
                             fx_error** error);
/* Another reference to the same extractor; each is freed on its own. The memory goes when the last reference, session and
 * extraction is gone. */
FX_API fx_extractor* fx_extractor_retain(fx_extractor* extractor);
FX_API void fx_extractor_free(fx_extractor* extractor);

FX_API const char* fx_extractor_name(const fx_extractor* extractor);
/* 32 hexadecimal digits: the same program and resources, the same digest. */
FX_API const char* fx_extractor_digest(const fx_extractor* extractor);
/* The manifest of the package as JSON: inputs, features with kinds, sizes and defaults, members. */
FX_API const char* fx_extractor_manifest(const fx_extractor* extractor);

typedef enum fx_domain { FX_REQUEST = 1, FX_CANDIDATE = 2 } fx_domain;

typedef struct fx_input_info {
  size_t struct_size;
  const char* name;
  const char* type; /* As in the language: "list<{movie: int, at: timestamp}>". */
  fx_domain domain;
  int32_t nullable;
  int32_t used; /* 0 if no feature reads it: the column may be missing. */
} fx_input_info;

typedef enum fx_kind {
  FX_DENSE = 0,    /* float32, `width` per row */
  FX_ID = 1,       /* one int64 per row */
  FX_IDS = 2,      /* int64, ragged */
  FX_WEIGHTED = 3, /* int64 ids with float32 weights, ragged */
  FX_TEXT = 4,     /* bytes of UTF-8, ragged */
  FX_LABEL = 5,    /* float32, as FX_DENSE */
  FX_VALUE = 6     /* bytes, ragged: only in packages of tools and tests */
} fx_kind;

typedef struct fx_feature_info {
  size_t struct_size;
  const char* name;
  fx_kind kind;
  uint32_t width;   /* Floats per row of FX_DENSE and FX_LABEL. */
  uint32_t maximum; /* The most ids per row of FX_IDS and FX_WEIGHTED; 0 where there is no bound. */
  int64_t size;     /* Ids are in [0, size), for the three kinds of ids; 0 for other kinds. */
} fx_feature_info;

FX_API size_t fx_extractor_input_count(const fx_extractor* extractor);
FX_API size_t fx_extractor_feature_count(const fx_extractor* extractor);
FX_API fx_code fx_extractor_input(const fx_extractor* extractor, size_t index, fx_input_info* info);
FX_API fx_code fx_extractor_feature(const fx_extractor* extractor, size_t index, fx_feature_info* info);
/* Where the features live: FX_CANDIDATE if the program has a candidate input. */
FX_API fx_domain fx_extractor_output_domain(const fx_extractor* extractor);

/* The Arrow schema (a struct) that suits the inputs of a domain best, and that of the features. The caller releases it. Other
 * Arrow types that hold the same values are read as well. */
FX_API fx_code fx_extractor_input_schema(const fx_extractor* extractor, fx_domain domain, struct ArrowSchema* schema,
                                         fx_error** error);
FX_API fx_code fx_extractor_output_schema(const fx_extractor* extractor, struct ArrowSchema* schema, fx_error** error);

/* ---- Sessions ------------------------------------------------------------------------------------------------------ */

typedef struct fx_session_options {
  size_t struct_size;
  int32_t threads;    /* The most threads of one call; 0 means 1. Results do not depend on it. */
  int32_t chunk_rows; /* Rows worked on at a time; 0 means 1,024. Results do not depend on it. */
  /* Called before the session takes `bytes` more from the heap, and after it gave `-bytes` back; possibly by several threads if
   * `threads` is more than 1. Anything but 0 refuses: the call then fails with FX_OUT_OF_MEMORY, and the session stays usable. What
   * is given back cannot be refused. It may be called until the session and all that it made are freed, and must not call functions
   * with this session other than fx_session_memory. NULL: no one is asked. */
  int32_t (*reserve)(void* context, int64_t bytes);
  void* reserve_context;
  /* `reserve` is called for multiples of this many bytes, so that a session that warms up does not ask for each block; 0 means
   * 262,144, and 1 asks for each block exactly. */
  int64_t reserve_step;
} fx_session_options;

FX_API fx_code fx_session_new(fx_extractor* extractor, const fx_session_options* options, fx_session** session,
                              fx_error** error);
/* Bytes that the session holds at present: workspaces and extractions, also those that are still in use. */
FX_API int64_t fx_session_memory(const fx_session* session);
/* Frees the memory of the session that is not in use; the next batch takes it again. */
FX_API void fx_session_trim(fx_session* session);
/* What the session made stays valid, and is freed on its own. */
FX_API void fx_session_free(fx_session* session);

/* Extracts from a table (a struct array) with one row per candidate and the request's columns repeated: consecutive rows with equal
 * request inputs are computed as one request. Or with one row per request and a column `candidates`, a list of structs: a null list
 * has no candidates. A struct that is null as a whole is a row whose inputs are all null. The data is only read, need not outlive
 * the call, and stays the caller's to release. Free the extraction with fx_extraction_free. */
FX_API fx_code fx_extract(fx_session* session, const struct ArrowSchema* schema, const struct ArrowArray* array,
                          fx_extraction** extraction, fx_error** error);

/* Extracts from two tables: the requests, and all their candidates. Request r has the candidates offsets[r] to offsets[r + 1] - 1;
 * `offset_count` is the number of requests + 1, or 0 with NULL where all candidates belong to one request. A table of which the
 * program reads nothing may be NULL, schema and array; the number of its rows then follows from the offsets. */
FX_API fx_code fx_extract_requests(fx_session* session, const struct ArrowSchema* request_schema,
                                   const struct ArrowArray* requests, const struct ArrowSchema* candidate_schema,
                                   const struct ArrowArray* candidates, const int64_t* offsets, size_t offset_count,
                                   fx_extraction** extraction, fx_error** error);

/* ---- Messages (since FX_ABI_VERSION 2) ------------------------------------------------------------------------------- */

typedef struct fx_decoder_options {
  size_t struct_size;
  int64_t maximum_bytes;      /* Of one message; 0 means 67,108,864. Beyond it: FX_LIMIT. */
  int64_t maximum_candidates; /* Of one call, in all of its requests; 0 means 1,048,576. Beyond it: FX_LIMIT. */
} fx_decoder_options;

/* For messages in JSON (docs/requests.md): an object with a member per request input, and the candidates in its member `candidates`,
 * an array of objects or an object of arrays. `options` may be NULL. Any number of threads may use a decoder; it keeps its extractor
 * until it is freed with fx_decoder_free. */
FX_API fx_code fx_decoder_json(fx_extractor* extractor, const fx_decoder_options* options, fx_decoder** decoder,
                               fx_error** error);
/* For messages in Protocol Buffers: `descriptor_set` is a serialised google.protobuf.FileDescriptorSet with all that the message
 * needs, and is copied; `message` the full name of the message of a request. Inputs are fields of their names; the candidates are
 * the repeated message in the field `candidates`, a name that may be NULL for "candidates". FX_NOT_FOUND if there is no such message,
 * FX_INVALID_ARGUMENT with both types where a field does not fit. */
FX_API fx_code fx_decoder_protobuf(fx_extractor* extractor, const void* descriptor_set, size_t descriptor_set_size,
                                   const char* message, const char* candidates, const fx_decoder_options* options,
                                   fx_decoder** decoder, fx_error** error);
FX_API void fx_decoder_free(fx_decoder* decoder);

/* One message. */
typedef struct fx_bytes {
  const void* data;
  size_t size;
} fx_bytes;

/* Extracts from messages, in their order: each holds a request with its candidates, or several. The session must be one of the
 * decoder's extractor; the memory that the columns are read into is the session's. A message that does not fit is
 * FX_INVALID_ARGUMENT, with the request, the field and the byte. */
FX_API fx_code fx_extract_messages(fx_session* session, const fx_decoder* decoder, const fx_bytes* messages,
                                   size_t message_count, fx_extraction** extraction, fx_error** error);

/* ---- Results ------------------------------------------------------------------------------------------------------- */

typedef struct fx_column {
  size_t struct_size;
  const void* values;     /* float32, int64, or bytes; see fx_kind. */
  const int64_t* offsets; /* rows + 1, of the ragged kinds: row r has the values offsets[r] to offsets[r + 1] - 1. */
  const float* weights;   /* Beside the ids of FX_WEIGHTED. */
  int64_t elements;       /* Values of a ragged column in all; rows * width of a dense one. */
} fx_column;

FX_API int64_t fx_extraction_rows(const fx_extraction* extraction);
FX_API int64_t fx_extraction_requests(const fx_extraction* extraction);
/* A feature's values, in the extraction's own memory. */
FX_API fx_code fx_extraction_column(const fx_extraction* extraction, size_t feature, fx_column* column);
/* Copies the named dense features side by side into rows x (their widths together) floats, row by row. `stride` is the number of
 * floats from one row to the next. */
FX_API fx_code fx_extraction_matrix(const fx_extraction* extraction, const size_t* features, size_t feature_count,
                                    float* matrix, int64_t stride, fx_error** error);
/* All features as one struct array that shares the extraction's memory and keeps it alive, also when the extraction and the session
 * are freed; see fx_extractor_output_schema. */
FX_API fx_code fx_extraction_export(const fx_extraction* extraction, struct ArrowArray* array, fx_error** error);
/* Gives the memory back to the session for the next batch. */
FX_API void fx_extraction_free(fx_extraction* extraction);

typedef struct fx_input_counts {
  size_t struct_size;
  int64_t nulls;      /* Were null in the data. The others became null at the boundary: */
  int64_t not_finite; /* NaN and infinities */
  int64_t not_utf8;
  int64_t out_of_range; /* integers and instants beyond 64 bits */
  int64_t wrong_size;   /* vectors with another number of elements */
} fx_input_counts;

FX_API fx_code fx_extraction_input_counts(const fx_extraction* extraction, size_t input, fx_input_counts* counts);
/* How many values (rows, or ids of a list) of a feature had no result and got the default; -1 if there is no such feature. */
FX_API int64_t fx_extraction_defaulted(const fx_extraction* extraction, size_t feature);

/* ---- Samples ------------------------------------------------------------------------------------------------------- */

typedef struct fx_tfrecord_options {
  size_t struct_size;
  int32_t sequence; /* 0: a tf.train.Example per row. 1: a tf.train.SequenceExample, with a step per id. */
} fx_tfrecord_options;

/* Writes a record per row, framed and with checksums as in TFRecord files (docs/samples.md). `write` is called by this thread, with
 * whole records of about 1 MiB together, one call after the other; the bytes are its own only until it returns. Anything but 0 ends
 * the call with FX_IO. `options` may be NULL. */
FX_API fx_code fx_extraction_tfrecord(const fx_extraction* extraction, const fx_tfrecord_options* options,
                                      int32_t (*write)(void* context, const void* bytes, size_t size),
                                      void* write_context, fx_error** error);

/* ---- Digests ------------------------------------------------------------------------------------------------------- */

/* A digest of values that does not depend on the order of rows, nor on how they are cut into batches: the sum modulo 2^128 of the
 * XXH3-128 of each row (docs/digest.md). Digests of parts are added. */
typedef struct fx_digest128 {
  uint64_t low;
  uint64_t high;
} fx_digest128;

/* Digests of the columns of a table of features, in any Arrow types, and of its whole rows: `columns` has room for one per child
 * of the schema. */
FX_API fx_code fx_digest_table(const struct ArrowSchema* schema, const struct ArrowArray* array, fx_digest128* columns,
                               size_t column_count, fx_digest128* rows, fx_error** error);

/* ---- Services ------------------------------------------------------------------------------------------------------ */

/* Holds the current extractor. Free it with fx_service_free. */
FX_API fx_code fx_service_new(fx_extractor* extractor, fx_service** service, fx_error** error);
/* The current extractor, with a reference of the caller's own: use it for whole batches, then fx_extractor_free. */
FX_API fx_extractor* fx_service_current(const fx_service* service);
/* Swaps in another extractor. With `same_outputs` other than 0 only one whose features have the same names, kinds, widths and order,
 * and which reads no input that the old one did not declare with the same type; otherwise FX_INVALID_ARGUMENT says what differs and the
 * old one stays. Batches that run finish on what they began with. */
FX_API fx_code fx_service_swap(fx_service* service, fx_extractor* extractor, int32_t same_outputs, fx_error** error);
/* Loads the file, then swaps. Whatever fails, the old extractor stays current. */
FX_API fx_code fx_service_reload(fx_service* service, const char* path, const fx_load_options* options,
                                 int32_t same_outputs, fx_error** error);
FX_API void fx_service_free(fx_service* service);

#ifdef __cplusplus
}
#endif

#endif /* FEATURE_EXTRACTOR_C_API_H_ */
