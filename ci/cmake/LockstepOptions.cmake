# Compiler settings shared by every target. Presets choose among them; nothing else may.
option(LOCKSTEP_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(LOCKSTEP_FUZZERS "Build the instrumented libFuzzer binaries (clang only)" OFF)
option(LOCKSTEP_COVERAGE "Build with source-based coverage (clang only)" OFF)
option(LOCKSTEP_TOOLS "Build the command, properties and fuzz targets beside libraries and tests"
  ${PROJECT_IS_TOP_LEVEL})

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(LOCKSTEP_CCACHE ccache)
if(LOCKSTEP_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${LOCKSTEP_CCACHE}")
endif()

# Every target of ours links lockstep_flags; nothing of it leaks to others.
add_library(lockstep_flags INTERFACE)
target_include_directories(lockstep_flags INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(lockstep_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align
  -Wunused -Wnull-dereference -Wswitch -Wimplicit-fallthrough)
if(PROJECT_IS_TOP_LEVEL)
  target_compile_options(lockstep_flags INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(lockstep_flags INTERFACE -Wno-gnu-zero-variadic-macro-arguments
    -Wextra-semi -Wnewline-eof -Wshadow-all)
  target_link_options(lockstep_flags INTERFACE -fuse-ld=lld)
else()
  # GCC 12 reports uses of values that it cannot prove to be set inside std::variant and
  # std::optional copies; clang and the sanitizers cover the real ones.
  target_compile_options(lockstep_flags INTERFACE -Wno-maybe-uninitialized -Wno-null-dereference
    -Wno-missing-field-initializers)
endif()
target_compile_options(lockstep_flags INTERFACE -Wno-missing-field-initializers)

if(LOCKSTEP_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
if(LOCKSTEP_COVERAGE)
  add_compile_options(-fprofile-instr-generate -fcoverage-mapping)
  add_link_options(-fprofile-instr-generate -fcoverage-mapping)
endif()
