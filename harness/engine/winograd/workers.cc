#include "workers.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace winograd {
namespace {

// Never destroyed: its threads run until the process ends.
class Workers {
 public:
  void together(int threads, const std::function<void(int)>& work) {
    std::lock_guard<std::mutex> turn(turns_);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      for (; started_ < threads - 1; ++started_) std::thread(&Workers::serve, this, started_ + 1, round_).detach();
      work_ = &work;
      threads_ = threads;
      pending_ = threads - 1;
      ++round_;
    }
    begin_.notify_all();
    work(0);
    std::unique_lock<std::mutex> lock(mutex_);
    end_.wait(lock, [this] { return pending_ == 0; });
  }

 private:
  void serve(int index, long seen) {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      begin_.wait(lock, [&] { return round_ != seen; });
      seen = round_;
      if (index >= threads_) continue;
      const std::function<void(int)>& work = *work_;
      lock.unlock();
      work(index);
      lock.lock();
      if (--pending_ == 0) end_.notify_one();
    }
  }

  std::mutex turns_, mutex_;
  std::condition_variable begin_, end_;
  const std::function<void(int)>* work_ = nullptr;
  int threads_ = 0, started_ = 0, pending_ = 0;
  long round_ = 0;
};

}  // namespace

void together(int threads, const std::function<void(int)>& work) {
  if (threads == 1) return work(0);
  static Workers& workers = *new Workers;
  workers.together(threads, work);
}

}  // namespace winograd
