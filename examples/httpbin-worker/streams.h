// The endpoints that take time or have no bound: coroutines, so that thousands of them can be open at once.
//
// Owner: nobody; free functions.   Thread: the worker's loop.
// Not here: endpoints that answer at once (answers.h).
#pragma once
#include <zeroway/worker.h>

void register_streams(zeroway::Worker& worker);
