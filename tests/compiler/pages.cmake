# The examples of the explain pages and of docs/ compile.
add_executable(compiler_pages_test pages_test.cc check_support.cc)
target_link_libraries(compiler_pages_test PRIVATE sprx_compiler sprx_test_main)
gtest_discover_tests(compiler_pages_test)
