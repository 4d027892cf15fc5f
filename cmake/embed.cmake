# mote_embed(TARGET FUNCTION FILE): the bytes of FILE in the target, as
# `std::string_view mote::report::assets::FUNCTION()`.
function(mote_embed target function file)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/embedded/${function}.cpp)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/embed.cpp.in ${source} @ONLY)
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS ${file})
  target_sources(${target} PRIVATE ${source})
endfunction()
