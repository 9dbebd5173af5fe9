// A fixed number of threads that do one phase of work after the other; the caller is one of them.
#pragma once

#include <barrier>
#include <functional>
#include <thread>
#include <vector>

namespace lockstep::checker {

class Crew {
 public:
  explicit Crew(unsigned size);
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  unsigned size() const { return size_; }

  // Calls work(0), ..., work(size() - 1), each on its own thread, and returns after the last.
  void run(const std::function<void(unsigned)>& work);

 private:
  unsigned size_;
  const std::function<void(unsigned)>* work_ = nullptr;  // null at the start of a phase: the end
  std::barrier<> starts_;
  std::barrier<> ends_;
  std::vector<std::jthread> threads_;
};

}  // namespace lockstep::checker
