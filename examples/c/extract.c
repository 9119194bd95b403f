/* Extracts the features of one request with three candidates, from arrays that this program builds itself.
 *
 *   cc extract.c $(pkg-config --cflags --libs feature_extractor) -o extract
 *   ./extract shop.fxp
 *
 * where shop.fxp is the package of examples/c/shop.fx. The data is given in the Arrow C data interface: two small structures, whose
 * definition is part of every program that uses it.
 */
#include <feature_extractor/c_api.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};

/* Ends the program with the message of an error. It takes the place of the error, because the call that is the other argument may be made
 * after this argument was read. */
static void check(fx_code code, fx_error** error) {
  if (code == FX_OK) return;
  fprintf(stderr, "%s: %s\n", fx_code_name(code), fx_error_message(*error));
  fx_error_free(*error);
  exit(1);
}

/* Prints every feature of a row. */
static void print_row(const fx_extractor* extractor, const fx_extraction* extraction, int64_t row) {
  printf("row %" PRId64 ":", row);
  for (size_t f = 0; f < fx_extractor_feature_count(extractor); ++f) {
    fx_feature_info info = {.struct_size = sizeof(info)};
    fx_column column = {.struct_size = sizeof(column)};
    fx_extractor_feature(extractor, f, &info);
    fx_extraction_column(extraction, f, &column);
    printf(" %s=", info.name);
    switch (info.kind) {
      case FX_DENSE:
      case FX_LABEL:
        for (uint32_t i = 0; i < info.width; ++i) {
          printf("%s%g", i > 0 ? "," : "", ((const float*)column.values)[row * info.width + i]);
        }
        break;
      case FX_ID:
        printf("%" PRId64, ((const int64_t*)column.values)[row]);
        break;
      case FX_IDS:
      case FX_WEIGHTED:
        for (int64_t i = column.offsets[row]; i < column.offsets[row + 1]; ++i) {
          printf("%s%" PRId64, i > column.offsets[row] ? "," : "", ((const int64_t*)column.values)[i]);
        }
        break;
      case FX_TEXT:
      case FX_VALUE:
        printf("%.*s", (int)(column.offsets[row + 1] - column.offsets[row]),
               (const char*)column.values + column.offsets[row]);
        break;
    }
  }
  printf("\n");
}

int main(int argc, char** argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: %s PACKAGE\n", argv[0]);
    return 2;
  }
  fx_error* error = NULL;
  fx_extractor* extractor = NULL;
  fx_session* session = NULL;
  fx_extraction* extraction = NULL;
  check(fx_load_file(argv[1], NULL, &extractor, &error), &error);
  check(fx_session_new(extractor, NULL, &session, &error), &error);

  /* The request: one row. `user` is text, with 32-bit offsets; `budget` is null. */
  const int32_t user_offsets[] = {0, 3};
  const void* user_buffers[] = {NULL, user_offsets, "Ann"};
  const uint8_t budget_valid[] = {0};
  const double budget_values[] = {0};
  const void* budget_buffers[] = {budget_valid, budget_values};
  struct ArrowSchema request_fields[] = {{.format = "u", .name = "user"}, {.format = "g", .name = "budget"}};
  struct ArrowArray request_columns[] = {{.length = 1, .n_buffers = 3, .buffers = user_buffers},
                                         {.length = 1, .null_count = 1, .n_buffers = 2, .buffers = budget_buffers}};

  /* The candidates: three rows. The first price is null: its bit is 0. */
  const int64_t item_values[] = {7, 8, 12};
  const void* item_buffers[] = {NULL, item_values};
  const uint8_t price_valid[] = {6};
  const double price_values[] = {0, 2.5, 10};
  const void* price_buffers[] = {price_valid, price_values};
  struct ArrowSchema candidate_fields[] = {{.format = "l", .name = "item"}, {.format = "g", .name = "price"}};
  struct ArrowArray candidate_columns[] = {{.length = 3, .n_buffers = 2, .buffers = item_buffers},
                                           {.length = 3, .null_count = 1, .n_buffers = 2, .buffers = price_buffers}};

  /* A table is a struct of its columns. */
  const void* no_nulls[] = {NULL};
  struct ArrowSchema* request_field_list[] = {&request_fields[0], &request_fields[1]};
  struct ArrowArray* request_column_list[] = {&request_columns[0], &request_columns[1]};
  struct ArrowSchema* candidate_field_list[] = {&candidate_fields[0], &candidate_fields[1]};
  struct ArrowArray* candidate_column_list[] = {&candidate_columns[0], &candidate_columns[1]};
  const struct ArrowSchema request_schema = {
      .format = "+s", .name = "", .n_children = 2, .children = request_field_list};
  const struct ArrowArray request = {
      .length = 1, .n_buffers = 1, .n_children = 2, .buffers = no_nulls, .children = request_column_list};
  const struct ArrowSchema candidate_schema = {
      .format = "+s", .name = "", .n_children = 2, .children = candidate_field_list};
  const struct ArrowArray candidates = {
      .length = 3, .n_buffers = 1, .n_children = 2, .buffers = no_nulls, .children = candidate_column_list};

  check(fx_extract_requests(session, &request_schema, &request, &candidate_schema, &candidates, NULL, 0, &extraction,
                            &error),
        &error);
  for (int64_t row = 0; row < fx_extraction_rows(extraction); ++row) print_row(extractor, extraction, row);

  /* In any order: each handle keeps what it needs. */
  fx_extraction_free(extraction);
  fx_session_free(session);
  fx_extractor_free(extractor);
  return 0;
}
