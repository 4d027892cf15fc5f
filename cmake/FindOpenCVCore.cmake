# opencv::core and opencv::imgproc. Debian's own CMake package comes only with libopencv-dev, which
# pulls in all of OpenCV, VTK and Qt; mote needs two libraries of it.
find_path(OpenCVCore_INCLUDE_DIR opencv2/core.hpp PATH_SUFFIXES opencv4)
find_library(OpenCVCore_LIBRARY opencv_core)
find_library(OpenCVCore_IMGPROC_LIBRARY opencv_imgproc)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  OpenCVCore REQUIRED_VARS OpenCVCore_LIBRARY OpenCVCore_IMGPROC_LIBRARY OpenCVCore_INCLUDE_DIR)
if(OpenCVCore_FOUND AND NOT TARGET opencv::core)
  add_library(opencv::core UNKNOWN IMPORTED)
  set_target_properties(
    opencv::core PROPERTIES IMPORTED_LOCATION ${OpenCVCore_LIBRARY}
                            INTERFACE_INCLUDE_DIRECTORIES ${OpenCVCore_INCLUDE_DIR})
  add_library(opencv::imgproc UNKNOWN IMPORTED)
  set_target_properties(
    opencv::imgproc PROPERTIES IMPORTED_LOCATION ${OpenCVCore_IMGPROC_LIBRARY}
                               INTERFACE_LINK_LIBRARIES opencv::core)
endif()
mark_as_advanced(OpenCVCore_INCLUDE_DIR OpenCVCore_LIBRARY OpenCVCore_IMGPROC_LIBRARY)
