# Makes one .cc of compiler/explain/CODE.md at build time: the pages of `sprx explain`. Sets SPRX_EXPLAIN_SOURCE.
set(SPRX_EXPLAIN_DIR ${CMAKE_CURRENT_LIST_DIR})
set(SPRX_EXPLAIN_SOURCE ${CMAKE_CURRENT_BINARY_DIR}/explain_pages.cc)
file(GLOB sprx_explain_pages CONFIGURE_DEPENDS ${SPRX_EXPLAIN_DIR}/[EL][0-9][0-9][0-9][0-9].md)
add_custom_command(
  OUTPUT ${SPRX_EXPLAIN_SOURCE}
  COMMAND ${CMAKE_COMMAND} -DDIR=${SPRX_EXPLAIN_DIR} -DOUT=${SPRX_EXPLAIN_SOURCE} -P ${SPRX_EXPLAIN_DIR}/embed.cmake
  DEPENDS ${sprx_explain_pages} ${SPRX_EXPLAIN_DIR}/embed.cmake
  COMMENT "Embedding the pages of sprx explain"
  VERBATIM)
