// Threads that share one piece of work after the other.
#pragma once
#include <functional>

namespace winograd {

// Calls `work(0)` ... `work(threads - 1)`, each on a thread of its own, the first on the caller's; returns when all have ended.
// Calls from several threads take turns.
void together(int threads, const std::function<void(int)>& work);

}  // namespace winograd
