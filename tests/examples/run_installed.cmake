# cmake -D BUILD=.. -D EXAMPLE=.. -D SCRATCH=.. -D COMPILER=.. -D GENERATOR=.. -P run_installed.cmake
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "failed (${code}): ${ARGN}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${SCRATCH})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${SCRATCH}/prefix)
# Found wherever it is moved to, and without a path back into the build.
file(RENAME ${SCRATCH}/prefix ${SCRATCH}/moved)
run(${CMAKE_COMMAND} -S ${EXAMPLE} -B ${SCRATCH}/build -G ${GENERATOR} -D CMAKE_PREFIX_PATH=${SCRATCH}/moved
    -D CMAKE_BUILD_TYPE=Release -D CMAKE_CXX_COMPILER=${COMPILER}
    -D CMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER} -D CMAKE_CXX_FLAGS=${FLAGS})
run(${CMAKE_COMMAND} --build ${SCRATCH}/build)
file(STRINGS ${SCRATCH}/build/CMakeCache.txt found REGEX "^mote_DIR:PATH=")
if(NOT found MATCHES "${SCRATCH}/moved/")
  message(FATAL_ERROR "the example was built against another mote: ${found}")
endif()
get_filename_component(name ${EXAMPLE} NAME)
string(REGEX REPLACE "^[0-9]+_" "" name ${name})
run(${SCRATCH}/build/${name})
message("${output}")
