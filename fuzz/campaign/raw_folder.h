// RawFolder: where the workers of one run leave what they find, below the folder for findings. Each
// run has its own, so that two runs can share the folder for findings. It goes away with the
// object; what a killed run left behind goes away with the next.
#pragma once

#include <filesystem>

namespace lockstep::campaign {

class RawFolder {
 public:
  // Throws std::filesystem::filesystem_error when it cannot be made.
  explicit RawFolder(const std::filesystem::path& out);
  ~RawFolder();
  RawFolder(const RawFolder&) = delete;
  RawFolder& operator=(const RawFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  // The inputs that libFuzzer workers share.
  std::filesystem::path corpus() const { return path_ / "corpus"; }

 private:
  std::filesystem::path path_;
};

}  // namespace lockstep::campaign
