# One static library with an alias per folder: the link lines are the architecture. A folder's
# sources are all its *.cc files, so a file that is in the tree is built; *_test.cc become one
# GoogleTest program and *_benchmark.cc one Google Benchmark program per folder.

# lockstep_static(TARGET ALIAS SOURCES... DEPENDS...): one library, or an interface without sources.
function(lockstep_static target alias)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS" ${ARGN})
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    target_link_libraries(${target} PUBLIC ${arg_DEPENDS} PRIVATE lockstep_flags)
    target_include_directories(${target} PUBLIC "${PROJECT_SOURCE_DIR}")
    target_compile_features(${target} PUBLIC cxx_std_23)
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE ${arg_DEPENDS})
    target_include_directories(${target} INTERFACE "${PROJECT_SOURCE_DIR}")
  endif()
  add_library(${alias} ALIAS ${target})
endfunction()

# lockstep_library(NAME [JUDGES] [DEPENDS lib...] [TEST_DEPENDS lib...])
#   The library lockstep_NAME (alias lockstep::NAME) of the current folder, its test NAME_test and
#   its benchmark NAME_benchmark. TEST_DEPENDS are linked to the test and the benchmark alone.
#   Within another project there is the library alone. JUDGES marks what watches the stack under test instead of being tested by a libFuzzer program.
function(lockstep_library name)
  cmake_parse_arguments(arg "JUDGES" "" "DEPENDS;TEST_DEPENDS" ${ARGN})
  file(GLOB all CONFIGURE_DEPENDS RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" *.cc)
  set(tests ${all})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  set(benchmarks ${all})
  list(FILTER benchmarks INCLUDE REGEX "_benchmark\\.cc$")
  set(sources ${all})
  list(FILTER sources EXCLUDE REGEX "_(test|benchmark)\\.cc$")

  lockstep_static(lockstep_${name} lockstep::${name} SOURCES ${sources} DEPENDS ${arg_DEPENDS})
  if(LOCKSTEP_FUZZERS)
    # The same sources once more with libFuzzer's coverage: lockstep::NAME_instrumented. Everything
    # else, benchmarks above all, links the plain objects. What judges has no coverage of its own,
    # only what it uses: the branches of an oracle say how it thinks, its rules say what happened,
    # and libFuzzer gets the rules.
    list(TRANSFORM arg_DEPENDS REPLACE "^(lockstep::.*)$" "\\1_instrumented" OUTPUT_VARIABLE depends)
    set(twin ${sources})
    if(arg_JUDGES)
      set(twin $<TARGET_OBJECTS:lockstep_${name}>)
    endif()
    lockstep_static(lockstep_${name}_instrumented lockstep::${name}_instrumented
      SOURCES ${twin} DEPENDS ${depends})
    if(sources AND NOT arg_JUDGES)
      target_compile_options(lockstep_${name}_instrumented PRIVATE -fsanitize=fuzzer-no-link)
    endif()
  endif()

  if(tests AND PROJECT_IS_TOP_LEVEL)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE lockstep::${name} ${arg_TEST_DEPENDS}
      GTest::gtest_main lockstep_flags)
    target_compile_definitions(${name}_test PRIVATE LOCKSTEP_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
      LOCKSTEP_BINARY_DIR="${CMAKE_BINARY_DIR}")
    add_test(NAME ${name}_test COMMAND ${name}_test WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
  endif()
  if(benchmarks AND LOCKSTEP_TOOLS)
    add_executable(${name}_benchmark ${benchmarks})
    target_link_libraries(${name}_benchmark PRIVATE lockstep::${name} ${arg_TEST_DEPENDS}
      benchmark::benchmark_main lockstep_flags)
    set_property(GLOBAL APPEND PROPERTY LOCKSTEP_BENCHMARKS ${name}_benchmark)
  endif()
endfunction()

# lockstep_fuzz_target(NAME [BLACK_BOX] [COVERS folder] DEPENDS lib...)
#   NAME.cc of the current folder, built twice: NAME_replay, a plain program that runs the target
#   over files (on every compiler, by ctest over corpus/seeds/NAME), and with LOCKSTEP_FUZZERS
#   lockstep_NAME_fuzzer, the libFuzzer program, beside the command. BLACK_BOX links the libraries
#   without coverage, as if the stack were a kernel or another process. COVERS compiles the sources
#   of a folder that judges once more, with coverage, for the target that tests just that.
function(lockstep_fuzz_target name)
  cmake_parse_arguments(arg "BLACK_BOX" "COVERS" "DEPENDS" ${ARGN})
  add_executable(${name}_replay ${name}.cc replay_main.cc)
  target_link_libraries(${name}_replay PRIVATE ${arg_DEPENDS} lockstep_flags)
  add_test(NAME ${name}_replay COMMAND ${name}_replay "${CMAKE_SOURCE_DIR}/corpus/seeds/${name}")
  if(NOT LOCKSTEP_FUZZERS)
    return()
  endif()
  set(covered "")
  if(arg_COVERS)
    file(GLOB covered CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${arg_COVERS}/*.cc")
    list(FILTER covered EXCLUDE REGEX "_(test|benchmark)\\.cc$")
  endif()
  add_executable(lockstep_${name}_fuzzer ${name}.cc ${covered})
  if(arg_BLACK_BOX)
    target_link_libraries(lockstep_${name}_fuzzer PRIVATE ${arg_DEPENDS} lockstep_flags)
  else()
    list(TRANSFORM arg_DEPENDS REPLACE "^(lockstep::.*)$" "\\1_instrumented" OUTPUT_VARIABLE depends)
    target_link_libraries(lockstep_${name}_fuzzer PRIVATE ${depends} lockstep_flags)
    target_compile_options(lockstep_${name}_fuzzer PRIVATE -fsanitize=fuzzer)
  endif()
  target_link_options(lockstep_${name}_fuzzer PRIVATE -fsanitize=fuzzer)
  set_target_properties(lockstep_${name}_fuzzer PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")
  set_property(GLOBAL APPEND PROPERTY LOCKSTEP_FUZZER_PROGRAMS lockstep_${name}_fuzzer)
endfunction()
