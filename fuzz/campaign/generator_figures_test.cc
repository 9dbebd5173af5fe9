#include "fuzz/campaign/generator_figures.h"

#include "fuzz/campaign/ports.h"
#include "gtest/gtest.h"

namespace lockstep::campaign {
namespace {

TEST(Generator, reaches_the_states_that_matter_often_enough) {
  judge::Runner runner(make_factory({}, {}).value(), oracle::linux_dialect());
  const GeneratorFigures figures = measure_generator(runner, 1, 3000);
  EXPECT_EQ(shortfall(figures), "") << to_text(figures);
}

}  // namespace
}  // namespace lockstep::campaign
