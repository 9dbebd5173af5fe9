#include "properties/checker/crew.h"

#include <algorithm>

namespace lockstep::checker {

Crew::Crew(unsigned size) : size_(std::max(1U, size)), starts_(size_), ends_(size_) {
  for (unsigned worker = 1; worker < size_; ++worker) {
    threads_.emplace_back([this, worker] {
      for (;;) {
        starts_.arrive_and_wait();
        if (work_ == nullptr) return;
        (*work_)(worker);
        ends_.arrive_and_wait();
      }
    });
  }
}

Crew::~Crew() {
  work_ = nullptr;
  if (size_ > 1) starts_.arrive_and_wait();
}

void Crew::run(const std::function<void(unsigned)>& work) {
  if (size_ == 1) {
    work(0);
    return;
  }
  work_ = &work;
  starts_.arrive_and_wait();
  work(0);
  ends_.arrive_and_wait();
}

}  // namespace lockstep::checker
