# One static library with an alias per folder: the link lines are the architecture. A folder's
# sources are all its *.cc files, so a file that is in the tree is built; *_test.cc become one
# GoogleTest program and *_benchmark.cc one Google Benchmark program per folder.

# lockstep_library(NAME [DEPENDS lib...] [TEST_DEPENDS lib...])
#   The library lockstep_NAME (alias lockstep::NAME) of the current folder, its test NAME_test and
#   its benchmark NAME_benchmark. TEST_DEPENDS are linked to the test and the benchmark alone.
function(lockstep_library name)
  cmake_parse_arguments(arg "" "" "DEPENDS;TEST_DEPENDS" ${ARGN})
  file(GLOB all CONFIGURE_DEPENDS RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" *.cc)
  set(tests ${all})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  set(benchmarks ${all})
  list(FILTER benchmarks INCLUDE REGEX "_benchmark\\.cc$")
  set(sources ${all})
  list(FILTER sources EXCLUDE REGEX "_(test|benchmark)\\.cc$")

  if(sources)
    add_library(lockstep_${name} STATIC ${sources})
    target_link_libraries(lockstep_${name} PUBLIC ${arg_DEPENDS} PRIVATE lockstep_flags)
    target_include_directories(lockstep_${name} PUBLIC "${CMAKE_SOURCE_DIR}")
    set_property(GLOBAL APPEND PROPERTY LOCKSTEP_LIBRARIES lockstep_${name})
  else()
    add_library(lockstep_${name} INTERFACE)
    target_link_libraries(lockstep_${name} INTERFACE ${arg_DEPENDS})
    target_include_directories(lockstep_${name} INTERFACE "${CMAKE_SOURCE_DIR}")
  endif()
  add_library(lockstep::${name} ALIAS lockstep_${name})

  if(tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE lockstep::${name} ${arg_TEST_DEPENDS}
      GTest::gtest_main lockstep_flags)
    target_compile_definitions(${name}_test PRIVATE LOCKSTEP_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    add_test(NAME ${name}_test COMMAND ${name}_test WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
  endif()
  if(benchmarks AND LOCKSTEP_TOOLS)
    add_executable(${name}_benchmark ${benchmarks})
    target_link_libraries(${name}_benchmark PRIVATE lockstep::${name} ${arg_TEST_DEPENDS}
      benchmark::benchmark_main lockstep_flags)
    set_property(GLOBAL APPEND PROPERTY LOCKSTEP_BENCHMARKS ${name}_benchmark)
  endif()
endfunction()
