# SPRX_COMMIT: the commit being built, `unknown` outside a git checkout unless given with -D. SPRX_RE2_VERSION: RE2 names no version in its
# headers, so it is that of the shared library.
find_package(Git QUIET)
if(DEFINED CACHE{SPRX_COMMIT})
  set(GIT_FOUND FALSE)
else()
  set(SPRX_COMMIT unknown)
endif()
if(GIT_FOUND)
  execute_process(
    COMMAND ${GIT_EXECUTABLE} -c safe.directory=* rev-parse --short=12 HEAD
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    OUTPUT_VARIABLE commit
    RESULT_VARIABLE failed
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT failed)
    set(SPRX_COMMIT ${commit})
  endif()
endif()

set(SPRX_RE2_VERSION ${RE2_VERSION})
foreach(library ${RE2_LINK_LIBRARIES})
  if(library MATCHES "libre2\\.so$")
    file(REAL_PATH ${library} real)
    string(REGEX REPLACE "^.*libre2\\.so\\." "" SPRX_RE2_VERSION ${real})
  endif()
endforeach()
