# The examples of the explain pages and of docs/ compile.
sprx_test_executable(compiler_pages_test pages_test.cc check_support.cc)
target_link_libraries(compiler_pages_test PRIVATE sprx_verify)
sprx_discover_tests(compiler_pages_test)
