// Services: the extractor that is current.
#include <utility>

#include "c_api/handles.h"

using namespace feature_extractor;

namespace {

// Whether hosts that work with `old` can work with `fresh` as well; if not, why.
Status check_same_outputs(const Plan& old, const Plan& fresh) {
  const auto differs = [](const std::string& what) {
    return Status::error(ErrorCode::kInvalidArgument, "The program cannot take the place of the current one: " + what);
  };
  if (old.output_domain != fresh.output_domain) {
    return differs("one gives a row per candidate, the other per request.");
  }
  if (old.features.size() != fresh.features.size()) {
    return differs("it has " + std::to_string(fresh.features.size()) + " features instead of " +
                   std::to_string(old.features.size()) + ".");
  }
  for (size_t f = 0; f < old.features.size(); ++f) {
    const FeatureDeclaration& was = old.features[f];
    const FeatureDeclaration& is = fresh.features[f];
    const std::string place = "feature number " + std::to_string(f + 1);
    if (was.name != is.name) return differs(place + " is '" + is.name + "' instead of '" + was.name + "'.");
    if (was.kind != is.kind) return differs("feature '" + is.name + "' is of another kind.");
    if (was.width != is.width) {
      return differs("feature '" + is.name + "' is " + std::to_string(is.width) + " wide instead of " +
                     std::to_string(was.width) + ".");
    }
  }
  return Status::success();
}

Status check_same_inputs(const Plan& old, const Program& fresh) {
  for (size_t i = 0; i < fresh.plan().inputs.size(); ++i) {
    const InputDeclaration& input = fresh.plan().inputs[i];
    if (!fresh.used_inputs()[i]) continue;
    const InputDeclaration* known = nullptr;
    for (const InputDeclaration& candidate : old.inputs) {
      if (candidate.domain == input.domain && candidate.name == input.name) known = &candidate;
    }
    if (known != nullptr && known->type.text() == input.type.text()) continue;
    return Status::error(ErrorCode::kInvalidArgument,
                         "The program cannot take the place of the current one: it reads input '" + input.name +
                             "' of type " + input.type.text() +
                             (known == nullptr ? ", which the current one does not declare."
                                               : ", which the current one declares as " + known->type.text() + "."));
  }
  return Status::success();
}

Status swap_in(fx_service* service, fx_extractor* extractor, bool same_outputs) {
  fx_extractor* old = nullptr;
  {
    const std::lock_guard<std::mutex> lock(service->mutex);
    if (same_outputs) {
      const Plan& current = service->current->extractor->plan();
      if (Status status = check_same_outputs(current, extractor->extractor->plan()); !status.ok()) return status;
      if (Status status = check_same_inputs(current, extractor->extractor->program()); !status.ok()) return status;
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
