// The endpoints that answer at once, from a request that is all there.
//
// Owner: nobody; free functions.   Thread: the worker's loop (they never block).
// Not here: what takes time or has no bound (streams.h).
#pragma once
#include <zeroway/worker.h>

void register_answers(zeroway::Worker& worker);
