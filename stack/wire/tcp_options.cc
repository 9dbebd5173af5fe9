#include "stack/wire/tcp_options.h"

#include "stack/api/check.h"
#include "stack/wire/big_endian.h"

namespace lockstep {
namespace {

constexpr std::uint8_t kind_end = 0;
constexpr std::uint8_t kind_no_op = 1;
constexpr std::uint8_t kind_mss = 2;
constexpr std::uint8_t kind_window_scale = 3;
constexpr std::uint8_t kind_sack_permitted = 4;
constexpr std::uint8_t kind_sack = 5;
constexpr std::uint8_t kind_timestamps = 8;

constexpr std::size_t mss_size = 4;
constexpr std::size_t window_scale_size = 3;
constexpr std::size_t sack_permitted_size = 2;
constexpr std::size_t timestamps_size = 10;
constexpr std::size_t sack_block_size = 8;

constexpr std::size_t sack_size(std::size_t blocks) { return 2 + sack_block_size * blocks; }
static_assert(sack_size(4) == 34);

bool is_known(std::uint8_t kind) { return kind <= kind_sack || kind == kind_timestamps; }

// Writes options one after the other.
class Writer {
 public:
  explicit Writer(std::span<std::byte> bytes) : bytes_(bytes) {}

  // The body, `size` - 2 bytes, of an option whose kind and length are written here.
  std::span<std::byte> option(std::uint8_t kind, std::size_t size) {
    store_u8(bytes_, at_, kind);
    store_u8(bytes_, at_ + 1, static_cast<std::uint8_t>(size));
    const std::span<std::byte> body = bytes_.subspan(at_ + 2, size - 2);
    at_ += size;
    return body;
  }
  void pad() {
    for (; at_ < bytes_.size(); ++at_) store_u8(bytes_, at_, kind_end);
  }

 private:
  std::span<std::byte> bytes_;
  std::size_t at_ = 0;
};

void decode_sack(std::span<const std::byte> body, TcpOptions& options) {
  const std::size_t count = body.size() / sack_block_size;
  options.sack = {};
  options.sack_count = static_cast<std::uint8_t>(count);
  for (std::size_t i = 0; i < count; ++i) {
    options.sack[i].left = load_u32(body, i * sack_block_size);
    options.sack[i].right = load_u32(body, i * sack_block_size + 4);
  }
}

// Whether a known kind may have a body of `size` bytes.
bool body_size_fits(std::uint8_t kind, std::size_t size) {
  switch (kind) {
    case kind_mss:
      return size + 2 == mss_size;
    case kind_window_scale:
      return size + 2 == window_scale_size;
    case kind_sack_permitted:
      return size + 2 == sack_permitted_size;
    case kind_sack:
      return size > 0 && size % sack_block_size == 0 && size <= 4 * sack_block_size;
    case kind_timestamps:
      return size + 2 == timestamps_size;
    default:  // An open set: unknown kinds have bodies of any size.
      return true;
  }
}

void decode_option(std::uint8_t kind, std::span<const std::byte> body, TcpOptions& options) {
  switch (kind) {
    case kind_mss:
      options.mss = load_u16(body, 0);
      return;
    case kind_window_scale:
      options.window_scale = load_u8(body, 0);
      return;
    case kind_sack_permitted:
      options.sack_permitted = true;
      return;
    case kind_sack:
      decode_sack(body, options);
      return;
    case kind_timestamps:
      options.timestamps = TcpTimestamps{load_u32(body, 0), load_u32(body, 4)};
      return;
    default:
      options.unknown.push_back({kind, Slice::copy_of(body)});
  }
}

}  // namespace

std::expected<std::size_t, EncodeError> tcp_options_size(const TcpOptions& options) {
  std::size_t size = 0;
  if (options.mss) size += mss_size;
  if (options.window_scale) size += window_scale_size;
  if (options.sack_permitted) size += sack_permitted_size;
  if (options.timestamps) size += timestamps_size;
  if (options.sack_count > options.sack.size()) {
    return std::unexpected(EncodeError::options_too_long);
  }
  if (options.sack_count > 0) size += sack_size(options.sack_count);
  for (const UnknownTcpOption& unknown : options.unknown) {
    if (is_known(unknown.kind)) return std::unexpected(EncodeError::not_canonical);
    size += 2 + unknown.body.size();
  }
  size = (size + 3) / 4 * 4;
  if (size > tcp_options_size_max) return std::unexpected(EncodeError::options_too_long);
  return size;
}

void encode_tcp_options(const TcpOptions& options, std::span<std::byte> bytes) {
  Writer writer(bytes);
  if (options.mss) store_u16(writer.option(kind_mss, mss_size), 0, *options.mss);
  if (options.sack_permitted) writer.option(kind_sack_permitted, sack_permitted_size);
  if (options.timestamps) {
    const std::span<std::byte> body = writer.option(kind_timestamps, timestamps_size);
    store_u32(body, 0, options.timestamps->value);
    store_u32(body, 4, options.timestamps->echo_reply);
  }
  if (options.window_scale) {
    store_u8(writer.option(kind_window_scale, window_scale_size), 0, *options.window_scale);
  }
  if (options.sack_count > 0) {
    const std::span<std::byte> body = writer.option(kind_sack, sack_size(options.sack_count));
    for (std::size_t i = 0; i < options.sack_count; ++i) {
      store_u32(body, i * sack_block_size, options.sack[i].left);
      store_u32(body, i * sack_block_size + 4, options.sack[i].right);
    }
  }
  for (const UnknownTcpOption& unknown : options.unknown) {
    copy_bytes(unknown.body.bytes(), writer.option(unknown.kind, 2 + unknown.body.size()));
  }
  writer.pad();
}

std::optional<DecodeError> decode_tcp_options(std::span<const std::byte> bytes,
                                              TcpOptions& options) {
  while (!bytes.empty()) {
    const std::uint8_t kind = load_u8(bytes, 0);
    if (kind == kind_end) return std::nullopt;
    if (kind == kind_no_op) {
      bytes = bytes.subspan(1);
      continue;
    }
    if (bytes.size() < 2) return DecodeError::bad_option_length;
    const std::size_t size = load_u8(bytes, 1);
    if (size < 2 || size > bytes.size() || !body_size_fits(kind, size - 2)) {
      return DecodeError::bad_option_length;
    }
    decode_option(kind, bytes.subspan(2, size - 2), options);
    bytes = bytes.subspan(size);
  }
  return std::nullopt;
}

}  // namespace lockstep
