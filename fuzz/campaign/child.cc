#include "fuzz/campaign/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace lockstep::campaign {
namespace {

[[noreturn]] void become(const std::vector<std::string>& argv, pid_t parent, int out,
                         const char* error_file) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // It died before the line above.
  setpgid(0, 0);                        // A terminal's interrupt is for the parent to pass on.
  dup2(out, STDOUT_FILENO);
  const int error = open(error_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (error >= 0) dup2(error, STDERR_FILENO);
  const int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (in >= 0) dup2(in, STDIN_FILENO);
  std::vector<char*> arguments;
  for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  execv(arguments[0], arguments.data());
  _exit(127);
}

}  // namespace

Child::Child(std::vector<std::string> argv, const std::string& error_file)
    : argv_(std::move(argv)) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    throw std::runtime_error("pipe: " + std::string(strerror(errno)));
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error("fork: " + std::string(strerror(errno)));
  if (pid_ == 0) become(argv_, parent, ends[1], error_file.c_str());
  close(ends[1]);
  out_ = ends[0];
  fcntl(out_, F_SETFL, O_NONBLOCK);
}

Child::Child(Child&& other) noexcept
    : argv_(std::move(other.argv_)),
      pid_(std::exchange(other.pid_, -1)),
      out_(std::exchange(other.out_, -1)),
      rest_(std::move(other.rest_)) {}

Child::~Child() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    wait();
  }
  if (out_ >= 0) close(out_);
}

bool Child::read_lines(std::vector<std::string>& lines) {
  char buffer[4096];
  while (true) {
    const ssize_t got = read(out_, buffer, sizeof buffer);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0) return false;
    rest_.append(buffer, static_cast<std::size_t>(got));
    std::size_t end;
    while ((end = rest_.find('\n')) != std::string::npos) {
      lines.push_back(rest_.substr(0, end));
      rest_.erase(0, end + 1);
    }
  }
}

int Child::wait() {
  int status = 0;
  if (pid_ > 0) {
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
  }
  return status;
}

void Child::terminate() {
  if (pid_ > 0) kill(pid_, SIGTERM);
}

}  // namespace lockstep::campaign
