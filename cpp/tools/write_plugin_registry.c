/* Writes the registry of a plug-in, by which programs that call its operators are checked without native code:
 * fx_plugin_registry libacme.so acme.registry.json. `fx plugin registry` does the same. */
#include <stdio.h>

#include "feature_extractor/c_api.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: fx_plugin_registry PLUGIN OUTPUT\n");
    return 2;
  }
  fx_error* error = NULL;
  if (fx_plugin_load(argv[1], &error) != FX_OK) {
    fprintf(stderr, "error: %s\n", fx_error_message(error));
    fx_error_free(error);
    return 1;
  }
  fx_plugin_info info = {.struct_size = sizeof info};
  if (fx_plugin(0, &info) != FX_OK) return 1;
  FILE* file = fopen(argv[2], "wb");
  if (file == NULL || fputs(info.registry, file) == EOF || fclose(file) != 0) {
    perror(argv[2]);
    return 1;
  }
  return 0;
}
