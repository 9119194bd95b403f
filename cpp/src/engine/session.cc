#include "engine/session.h"

namespace feature_extractor {
namespace {

// Extractions that wait; more are in use at the same time only where results are kept.
constexpr size_t kKeptExtractions = 4;

}  // namespace

std::unique_ptr<Workspace> Session::take_workspace() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!workspaces_.empty()) {
      auto workspace = std::move(workspaces_.back());
      workspaces_.pop_back();
      return workspace;
    }
  }
  const AccountScope scope(&account_);
  return std::make_unique<Workspace>(program_);
}

void Session::give_workspace(std::unique_ptr<Workspace> workspace) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!closed_) workspaces_.push_back(std::move(workspace));
}

std::unique_ptr<Extraction> Session::take_extraction() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!extractions_.empty()) {
      auto extraction = std::move(extractions_.back());
      extractions_.pop_back();
      return extraction;
    }
  }
  return std::make_unique<Extraction>();
}

void Session::recycle(std::unique_ptr<Extraction> extraction) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!closed_ && extractions_.size() < kKeptExtractions) extractions_.push_back(std::move(extraction));
}

void Session::trim() {
  // What waits is freed without the lock: the host is told of it, and may look at the session.
  std::vector<std::unique_ptr<Workspace>> workspaces;
  std::vector<std::unique_ptr<Extraction>> extractions;
  const std::lock_guard<std::mutex> lock(mutex_);
  workspaces.swap(workspaces_);
  extractions.swap(extractions_);
}

void Session::close() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
  }
  trim();
}

}  // namespace feature_extractor
