#include "properties/checker/checkpoint.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace lockstep::checker {
namespace {

// file := magic identity depth initial_count transitions array(hits)
//         count-of-shards array(records)... array(frontier) array(sleep) magic
// array := count element...
constexpr std::uint64_t magic = 0x314b'4843'5045'5453;

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

class Writer {
 public:
  explicit Writer(std::FILE* file) : file_(file) {}

  template <class Value>
  void value(const Value& value) {
    is_good_ = is_good_ && std::fwrite(&value, sizeof(value), 1, file_) == 1;
  }
  template <class Value>
  void array(const std::vector<Value>& values) {
    value(std::uint64_t{values.size()});
    is_good_ = is_good_ &&
               std::fwrite(values.data(), sizeof(Value), values.size(), file_) == values.size();
  }
  bool is_good() const { return is_good_; }

 private:
  std::FILE* file_;
  bool is_good_ = true;
};

class Reader {
 public:
  Reader(std::FILE* file, std::uint64_t size) : file_(file), left_(size) {}

  template <class Value>
  void value(Value& value) {
    is_good_ =
        is_good_ && sizeof(value) <= left_ && std::fread(&value, sizeof(value), 1, file_) == 1;
    if (is_good_) left_ -= sizeof(value);
  }
  template <class Value>
  void array(std::vector<Value>& values) {
    std::uint64_t count = 0;
    value(count);
    is_good_ = is_good_ && count <= left_ / sizeof(Value);
    if (!is_good_) return;
    values.resize(count);
    is_good_ = std::fread(values.data(), sizeof(Value), count, file_) == count;
    left_ -= count * sizeof(Value);
  }
  bool is_whole() const { return is_good_ && left_ == 0; }
  bool is_good() const { return is_good_; }

 private:
  std::FILE* file_;
  std::uint64_t left_;
  bool is_good_ = true;
};

absl::Status failed(const std::string& what, const std::string& path) {
  return absl::ErrnoToStatus(errno, what + ' ' + path);
}

}  // namespace

absl::Status write_checkpoint(const std::string& path, std::uint64_t identity,
                              const CheckpointCounts& counts, std::span<const Shard> shards,
                              const std::vector<StateId>& frontier,
                              const std::vector<std::uint64_t>& sleep) {
  const std::string beside = path + ".tmp";
  File file(std::fopen(beside.c_str(), "wb"));
  if (!file) return failed("cannot write", beside);
  Writer writer(file.get());
  writer.value(magic);
  writer.value(identity);
  writer.value(counts.depth);
  writer.value(counts.initial_count);
  writer.value(counts.transitions);
  writer.array(counts.hits);
  writer.value(std::uint64_t{shards.size()});
  for (const Shard& shard : shards) {
    writer.value(std::uint64_t{shard.size()});
    for (std::uint32_t local = 0; local < shard.size(); ++local) writer.value(shard.record(local));
  }
  writer.array(frontier);
  writer.array(sleep);
  writer.value(magic);
  const bool is_on_disk =
      writer.is_good() && std::fflush(file.get()) == 0 && fsync(fileno(file.get())) == 0;
  if (!is_on_disk) return failed("cannot write", beside);
  file.reset();
  if (std::rename(beside.c_str(), path.c_str()) != 0) return failed("cannot rename to", path);
  return absl::OkStatus();
}

absl::StatusOr<CheckpointContent> load_checkpoint(const std::string& path) {
  const File file(std::fopen(path.c_str(), "rb"));
  if (!file) return failed("cannot read", path);
  std::fseek(file.get(), 0, SEEK_END);
  const long size = std::ftell(file.get());
  std::rewind(file.get());
  Reader reader(file.get(), static_cast<std::uint64_t>(size));
  CheckpointContent content;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t shards = 0;
  reader.value(first);
  reader.value(content.identity);
  reader.value(content.counts.depth);
  reader.value(content.counts.initial_count);
  reader.value(content.counts.transitions);
  reader.array(content.counts.hits);
  reader.value(shards);
  if (first != magic || !reader.is_good() || shards > 1U << 16) {
    return absl::DataLossError(path + " is not a checkpoint");
  }
  content.records.resize(shards);
  for (std::vector<Record>& records : content.records) reader.array(records);
  reader.array(content.frontier);
  reader.array(content.sleep);
  reader.value(last);
  if (!reader.is_whole() || last != magic) return absl::DataLossError(path + " is not whole");
  return content;
}

}  // namespace lockstep::checker
