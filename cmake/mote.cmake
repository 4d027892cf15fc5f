add_library(mote_warnings INTERFACE)
target_compile_options(mote_warnings INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wpedantic
                       -Wno-missing-field-initializers)
if(MOTE_WARNINGS_AS_ERRORS)
  target_compile_options(mote_warnings INTERFACE -Werror)
endif()

# mote_precompiled(TARGET HEADERS header... | REUSE_FROM TARGET): gives a target precompiled headers,
# its own or another's. ccache keeps such objects only when told that it may.
function(mote_precompiled target)
  cmake_parse_arguments(PRECOMPILED "" "REUSE_FROM" "HEADERS" ${ARGN})
  if(PRECOMPILED_REUSE_FROM)
    target_precompile_headers(${target} REUSE_FROM ${PRECOMPILED_REUSE_FROM})
  else()
    target_precompile_headers(${target} PRIVATE ${PRECOMPILED_HEADERS})
  endif()
  # What shares a precompiled header is compiled alike, programs too: -fPIC in place of -fPIE.
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_compile_options(${target} PRIVATE -fPIC)
  if(CMAKE_CXX_COMPILER_LAUNCHER STREQUAL "ccache")
    set_target_properties(
      ${target} PROPERTIES CXX_COMPILER_LAUNCHER
                           "env;CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime;ccache")
    target_compile_options(${target} PRIVATE -fpch-preprocess)
  endif()
endfunction()

# mote_layer(NAME SOURCES file... [LINK target...]): one folder of mote/, as objects of libmote.
function(mote_layer name)
  cmake_parse_arguments(LAYER "" "" "SOURCES;LINK" ${ARGN})
  add_library(mote_${name} OBJECT ${LAYER_SOURCES})
  add_library(mote::${name} ALIAS mote_${name})
  target_include_directories(mote_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  # The same numbers everywhere: no fused multiply-add that one build has and another lacks.
  target_compile_options(mote_${name} PRIVATE -ffp-contract=off)
  target_link_libraries(mote_${name} PUBLIC fmt::fmt PRIVATE mote_warnings ${LAYER_LINK})
endfunction()

# mote_test(FOLDER/NAME [LABELS label...] [LINK target...] [HEADERS_OF TARGET]):
# tests/FOLDER/NAME_test.cpp as a program, not optimised, which takes a third off its compilation;
# with the precompiled headers of mote_tests, or of another target.
function(mote_test name)
  cmake_parse_arguments(TEST "" "HEADERS_OF" "LABELS;LINK" ${ARGN})
  string(REPLACE "/" "_" target ${name}_test)
  add_executable(${target} ${PROJECT_SOURCE_DIR}/tests/${name}_test.cpp)
  target_link_libraries(${target} PRIVATE mote mote_warnings GTest::gmock_main ${TEST_LINK})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_definitions(
    ${target} PRIVATE MOTE_SOURCE_DIR="${PROJECT_SOURCE_DIR}" MOTE_BINARY_DIR="${PROJECT_BINARY_DIR}")
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  target_compile_options(${target} PRIVATE -O0)
  if(NOT TEST_HEADERS_OF)
    set(TEST_HEADERS_OF mote_tests)
  endif()
  mote_precompiled(${target} REUSE_FROM ${TEST_HEADERS_OF})
  if(NOT TEST_LABELS)
    set(TEST_LABELS unit)
  endif()
  # One CTest a program: starting a process for each test would cost more than the tests.
  add_test(NAME ${target} COMMAND ${target} --gtest_brief=1)
  set_tests_properties(${target} PROPERTIES LABELS "${TEST_LABELS}")
endfunction()

# mote_bench(NAME [LINK target...]): bench/NAME.cpp as a program that prints what it measured.
function(mote_bench name)
  cmake_parse_arguments(BENCH "" "" "LINK" ${ARGN})
  add_executable(bench_${name} ${PROJECT_SOURCE_DIR}/bench/${name}.cpp)
  target_link_libraries(bench_${name} PRIVATE mote mote_warnings ${BENCH_LINK})
  set_target_properties(
    bench_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bench)
endfunction()
