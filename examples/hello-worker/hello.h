// The greeting, for main.cpp and for tests.
//
// Owner: nobody; a free function.   Thread: the one that makes the worker.
// Not here: options and running (main.cpp).
#pragma once
#include <zeroway/worker.h>

void register_hello(zeroway::Worker& worker);
