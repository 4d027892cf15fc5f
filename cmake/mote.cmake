add_library(mote_warnings INTERFACE)
target_compile_options(mote_warnings INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wpedantic
                       -Wno-missing-field-initializers)
if(MOTE_WARNINGS_AS_ERRORS)
  target_compile_options(mote_warnings INTERFACE -Werror)
endif()

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

# mote_test(FOLDER/NAME [LABELS label...] [LINK target...]): tests/FOLDER/NAME_test.cpp as a program.
function(mote_test name)
  cmake_parse_arguments(TEST "" "" "LABELS;LINK" ${ARGN})
  string(REPLACE "/" "_" target ${name}_test)
  add_executable(${target} ${PROJECT_SOURCE_DIR}/tests/${name}_test.cpp)
  target_link_libraries(${target} PRIVATE mote mote_warnings GTest::gmock_main ${TEST_LINK})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_definitions(
    ${target} PRIVATE MOTE_SOURCE_DIR="${PROJECT_SOURCE_DIR}" MOTE_BINARY_DIR="${PROJECT_BINARY_DIR}")
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
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
