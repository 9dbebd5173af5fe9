// Child: a process whose standard output is read line by line without blocking. It is killed when
// the object goes away, and by the kernel when this process dies.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace lockstep::campaign {

class Child {
 public:
  // Starts argv[0] with its arguments; its standard error goes to `error_file`. Throws
  // std::runtime_error when it cannot be started.
  Child(std::vector<std::string> argv, const std::string& error_file);
  ~Child();
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;

  int descriptor() const { return out_; }  // For poll(2).
  // Appends the lines that have arrived. False once the process closed its output.
  bool read_lines(std::vector<std::string>& lines);
  // Waits for the end; the status of waitpid(2).
  int wait();
  void terminate();
  const std::vector<std::string>& argv() const { return argv_; }

 private:
  std::vector<std::string> argv_;
  pid_t pid_ = -1;
  int out_ = -1;
  std::string rest_;
};

}  // namespace lockstep::campaign
