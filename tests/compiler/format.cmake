# The formatter: goldens of testdata/format, the whole corpus, mutations; and what the fuzz targets found.
sprx_test_executable(compiler_format_test
  format_test.cc
  format_corpus.cc
  format_support.cc
  fuzz_replay_test.cc
  compile_input.cc
  check_support.cc)
target_link_libraries(compiler_format_test PRIVATE sprx_verify sprx_compiler)
sprx_discover_tests(compiler_format_test)
