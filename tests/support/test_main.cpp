#define DOCTEST_CONFIG_IMPLEMENT  // for a header that was precompiled without the next line
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
