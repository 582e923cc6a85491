# The checker: goldens of testdata/check, programs and what they mean, limits, time.
sprx_test_executable(compiler_check_test
  check_golden_test.cc
  check_quality_test.cc
  limits_line.cc
  check_program_test.cc
  check_redirect_test.cc
  check_limits_test.cc
  check_support.cc)
target_link_libraries(compiler_check_test PRIVATE sprx_verify)
sprx_discover_tests(compiler_check_test)
