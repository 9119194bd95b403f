// Services: the extractor that is current.
#include <utility>

#include "c_api/handles.h"
#include "engine/replacement.h"

using namespace feature_extractor;

namespace {

Status swap_in(fx_service* service, fx_extractor* extractor, bool same_outputs) {
  fx_extractor* old = nullptr;
  {
    const std::lock_guard<std::mutex> lock(service->mutex);
    if (same_outputs) {
      const Program& current = service->current->extractor->program();
      if (Status status = check_replacement(current, extractor->extractor->program()); !status.ok()) return status;
    }
    old = std::exchange(service->current, fx_extractor_retain(extractor));
  }
  fx_extractor_free(old);
  return Status::success();
}

}  // namespace

fx_code fx_service_new(fx_extractor* extractor, fx_service** service, fx_error** error) {
  return guarded(error, [&]() -> Status {
    if (extractor == nullptr) return missing_argument("extractor");
    if (service == nullptr) return missing_argument("service");
    auto made = std::make_unique<fx_service>();
    made->current = fx_extractor_retain(extractor);
    *service = made.release();
    return Status::success();
  });
}

fx_extractor* fx_service_current(const fx_service* service) {
  if (service == nullptr) return nullptr;
  const std::lock_guard<std::mutex> lock(service->mutex);
  return fx_extractor_retain(service->current);
}

fx_code fx_service_swap(fx_service* service, fx_extractor* extractor, int32_t same_outputs, fx_error** error) {
  return guarded(error, [&]() -> Status {
    if (service == nullptr) return missing_argument("service");
    if (extractor == nullptr) return missing_argument("extractor");
    return swap_in(service, extractor, same_outputs != 0);
  });
}

fx_code fx_service_reload(fx_service* service, const char* path, const fx_load_options* options, int32_t same_outputs,
                          fx_error** error) {
  return guarded(error, [&]() -> Status {
    if (service == nullptr) return missing_argument("service");
    if (path == nullptr) return missing_argument("path");
    auto handle = load_handle(path, nullptr, 0, options);
    if (!handle.ok()) return handle.status();
    Status status = swap_in(service, *handle, same_outputs != 0);
    fx_extractor_free(*handle);
    return status;
  });
}

void fx_service_free(fx_service* service) {
  if (service == nullptr) return;
  fx_extractor_free(service->current);
  delete service;
}
