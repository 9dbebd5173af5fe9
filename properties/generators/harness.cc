#include "properties/generators/harness.h"

#include <rapidcheck.h>

#include <cstdio>
#include <cstdlib>

#include "oracle/scenario/choices.h"

namespace lockstep::properties {
namespace {

rc::Gen<Draws> draw_lists(double draws_per_size) {
  // Each draw over all of its range, however small the case.
  const auto draw = rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint32_t>());
  return rc::gen::scale(draws_per_size, rc::gen::container<Draws>(draw));
}

// How many of the cases had each tag. RapidCheck's own tables count whole sets of tags, which are
// too many to read.
void print_tags(const std::map<std::string, std::uint64_t>& seen, std::uint64_t cases) {
  for (const auto& [tag, count] : seen) {
    const double percent = 100.0 * static_cast<double>(count) / static_cast<double>(cases);
    std::fprintf(stderr, "%6.2f%% - %s\n", percent, tag.c_str());
  }
}

}  // namespace

Harness::Harness(const std::string& rapidcheck_params) {
  constexpr int keep_what_is_set = 0;
  setenv("RC_PARAMS", ("seed=1 " + rapidcheck_params).c_str(), keep_what_is_set);
}

void Harness::holds(const std::string& sentence, const Property& property,
                    const PropertyOptions& options) {
  std::map<std::string, std::uint64_t> seen;
  std::uint64_t cases = 0;
  const bool held = rc::check(sentence, [&] {
    const Draws draws = *draw_lists(options.draws_per_size);
    const Outcome outcome = property(draws);
    for (const std::string& tag : outcome.tags) ++seen[tag];
    ++cases;
    if (!outcome.holds()) RC_FAIL(outcome.wrong);
  });
  if (!held) {
    ++failures_;
  } else {
    print_tags(seen, cases);
    check_sometimes(seen, options.sometimes);
  }
}

void Harness::is_refuted(const std::string& sentence, const Property& property,
                         std::uint32_t attempts, std::size_t draws) {
  for (std::uint32_t attempt = 0; attempt < attempts; ++attempt) {
    scenario::RandomChoices random(attempt);
    Draws list(draws);
    for (std::uint32_t& draw : list) draw = random.below(0xffff'ffff);
    const Outcome outcome = property(list);
    if (outcome.holds()) continue;
    const std::string why = outcome.wrong.substr(0, outcome.wrong.find('\n'));
    std::fprintf(stderr, "\nRefuted as it must be, by attempt %u: %s\n  %s\n", attempt,
                 sentence.c_str(), why.c_str());
    return;
  }
  expect(sentence, false, "no attempt refuted it");
}

void Harness::expect(const std::string& sentence, bool is_true, std::string_view detail) {
  if (is_true) {
    std::fprintf(stderr, "\nHolds: %s\n", sentence.c_str());
    return;
  }
  ++failures_;
  std::fprintf(stderr, "\nDOES NOT HOLD: %s\n%.*s\n", sentence.c_str(),
               static_cast<int>(detail.size()), detail.data());
}

void Harness::check_sometimes(const std::map<std::string, std::uint64_t>& seen,
                              const std::vector<std::string>& sometimes) {
  for (const std::string& tag : sometimes) {
    if (!seen.contains(tag)) expect("some case is tagged '" + tag + "'", false, "none was");
  }
}

}  // namespace lockstep::properties
