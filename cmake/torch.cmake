# mote_torch: libtorch, Debian's or any newer found by CMAKE_PREFIX_PATH, with the OpenMP flavour of
# OpenBLAS in front of the default one (docs/dependencies.md).
find_package(Torch 1.13 REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS CXX)

if(TORCH_CXX_FLAGS MATCHES "_GLIBCXX_USE_CXX11_ABI=0")
  message(FATAL_ERROR "libtorch in ${TORCH_INSTALL_PREFIX} is built with the old string ABI "
                      "(_GLIBCXX_USE_CXX11_ABI=0); mote needs the one called cxx11 ABI")
endif()

add_library(mote_torch INTERFACE)
# As system headers: their warnings are not ours.
target_include_directories(mote_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
target_link_libraries(mote_torch INTERFACE ${TORCH_LIBRARIES} OpenMP::OpenMP_CXX)

# The folder of the OpenMP OpenBLAS goes first, and for libraries of libraries too (no runpath):
# OpenCV pulls in libblas.so.3 before libtorch does, and the first one found serves both.
find_library(MOTE_OPENBLAS_OPENMP NAMES libopenblas.so.0 PATH_SUFFIXES openblas-openmp NO_CACHE
             PATHS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE} NO_DEFAULT_PATH)
if(MOTE_OPENBLAS_OPENMP)
  get_filename_component(folder ${MOTE_OPENBLAS_OPENMP} DIRECTORY)
  set(MOTE_BLAS_LINK_OPTIONS -Wl,--disable-new-dtags -Wl,-rpath,${folder})
endif()

# mote_torch_headers(TARGET [REUSE_FROM TARGET]): libtorch's headers, precompiled: 6 s a file become
# less than 1.
function(mote_torch_headers target)
  cmake_parse_arguments(HEADERS "" "REUSE_FROM" "" ${ARGN})
  if(HEADERS_REUSE_FROM)
    mote_precompiled(${target} REUSE_FROM ${HEADERS_REUSE_FROM})
  else()
    mote_precompiled(${target} HEADERS <torch/torch.h>)
  endif()
endfunction()
