# cmake -DDIR=… -DOUT=… -P embed.cmake: every page as a raw string literal, in order of code.
file(GLOB pages ${DIR}/[EL][0-9][0-9][0-9][0-9].md)
list(SORT pages)
set(rows "")
foreach(page IN LISTS pages)
  get_filename_component(code "${page}" NAME_WE)
  file(READ "${page}" text)
  string(APPEND rows "    {\"${code}\", R\"page(${text})page\"},\n")
endforeach()
file(WRITE "${OUT}" "// Made by compiler/explain/embed.cmake of the pages beside it.
#include \"compiler/explain_pages.h\"

namespace sprx {

const std::vector<ExplainPage>& explain_pages() {
  static const std::vector<ExplainPage> kPages{
${rows}  };
  return kPages;
}

}  // namespace sprx
")
