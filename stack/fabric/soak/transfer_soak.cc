// transfer_soak [--vary] [--seeds N] [--first SEED] [--bytes N]: the transfer of
// stack/fabric/transfer.h once for each seed from the first on, over the network of its plan or,
// with --vary, over one drawn from the seed. One line for each failure, with the command that
// repeats it, and a summary. Exit 0: all came intact; 1: some did not; 254: usage.
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string_view>
#include <system_error>

#include "stack/fabric/transfer.h"

namespace {

struct Arguments {
  bool vary = false;
  std::uint64_t seeds = 1000;
  std::uint64_t first = 1;
  std::uint64_t bytes = lockstep::TransferPlan().bytes;
};

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

std::optional<Arguments> parse(int count, char** words) {
  Arguments arguments;
  for (int i = 1; i < count; ++i) {
    const std::string_view name = words[i];
    if (name == "--vary") {
      arguments.vary = true;
      continue;
    }
    const auto number = ++i < count ? parse_number(words[i]) : std::nullopt;
    if (!number.has_value()) return std::nullopt;
    if (name == "--seeds") {
      arguments.seeds = *number;
    } else if (name == "--first") {
      arguments.first = *number;
    } else if (name == "--bytes") {
      arguments.bytes = *number;
    } else {
      return std::nullopt;
    }
  }
  return arguments;
}

}  // namespace

int main(int count, char** words) {
  const auto arguments = parse(count, words);
  if (!arguments.has_value()) {
    std::fprintf(stderr, "usage: transfer_soak [--vary] [--seeds N] [--first SEED] [--bytes N]\n");
    return 254;
  }
  std::uint64_t failures = 0;
  std::uint64_t packets = 0;
  std::uint64_t ticks = 0;
  for (std::uint64_t i = 0; i < arguments->seeds; ++i) {
    const std::uint64_t seed = arguments->first + i;
    const lockstep::TransferPlan plan =
        arguments->vary
            ? lockstep::random_plan(seed, arguments->bytes)
            : lockstep::TransferPlan{
                  .bytes = arguments->bytes, .seed = seed, .host = lockstep::patient_host()};
    const lockstep::TransferResult result = lockstep::transfer(plan);
    packets += result.packets.left;
    ticks += result.ticks;
    if (!result.ok()) {
      ++failures;
      std::printf("seed %llu: %s\n  transfer_soak %s--seeds 1 --first %llu --bytes %llu\n",
                  static_cast<unsigned long long>(seed), result.failure.c_str(),
                  arguments->vary ? "--vary " : "", static_cast<unsigned long long>(seed),
                  static_cast<unsigned long long>(arguments->bytes));
    }
    if ((i + 1) % 100 == 0) {
      std::fprintf(stderr, "%llu of %llu seeds, %llu failed\n",
                   static_cast<unsigned long long>(i + 1),
                   static_cast<unsigned long long>(arguments->seeds),
                   static_cast<unsigned long long>(failures));
    }
  }
  std::printf("%llu seeds, %llu failed; %llu packets sent, %llu ticks\n",
              static_cast<unsigned long long>(arguments->seeds),
              static_cast<unsigned long long>(failures), static_cast<unsigned long long>(packets),
              static_cast<unsigned long long>(ticks));
  return failures == 0 ? 0 : 1;
}
