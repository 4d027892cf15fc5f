# mote_embed(TARGET FUNCTION FILE [LAYER layer]): the bytes of FILE in the target, as
# `std::string_view mote::LAYER::assets::FUNCTION()`, declared in mote/LAYER/assets.h; LAYER is report
# unless given.
function(mote_embed target function file)
  cmake_parse_arguments(EMBED "" "LAYER" "" ${ARGN})
  set(layer report)
  if(EMBED_LAYER)
    set(layer ${EMBED_LAYER})
  endif()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/embedded/${function}.cpp)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/embed.cpp.in ${source} @ONLY)
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS ${file})
  target_sources(${target} PRIVATE ${source})
endfunction()
