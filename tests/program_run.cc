// SPDX-License-Identifier: MIT
#include "program_run.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "base/check.h"

namespace screenalytics {
namespace {

constexpr auto kPollPeriod = std::chrono::milliseconds(5);
constexpr auto kHung = std::chrono::minutes(10);

// Knobs of the machine that runs the tests must not reach the program.
bool is_of_the_program(const std::string& variable) {
  return variable.starts_with("SCREENALYTICS_") || variable.starts_with("OMP_NUM_THREADS=") ||
         variable.starts_with("MKL_NUM_THREADS=") || variable.starts_with("OPENBLAS_NUM_THREADS=");
}

std::vector<std::string> environment(const std::map<std::string, std::string>& added) {
  std::vector<std::string> variables;
  for (char** v = environ; *v != nullptr; ++v) {
    const std::string variable(*v);
    const std::string name = variable.substr(0, variable.find('='));
    if (!is_of_the_program(variable) && !added.contains(name)) variables.push_back(variable);
  }
  for (const auto& [name, value] : added) variables.push_back(fmt::format("{}={}", name, value));
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// The high-water mark of the process's own memory. What wait4() reports will not do: it also
// counts what the process inherited between fork and exec, and tests are large.
double high_water_mb(pid_t pid) {
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
  }
  return 0;
}

double seconds(const timeval& t) {
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
}

}  // namespace

RunningProgram::RunningProgram(const ProgramCall& call) {
  const std::filesystem::path executable =
      call.executable.empty() ? program_path() : call.executable;
  std::vector<std::string> args{executable.string()};
  args.insert(args.end(), call.args.begin(), call.args.end());
  std::vector<std::string> env = environment(call.env);
  const std::vector<char*> argv = pointers(args), envp = pointers(env);
  const std::string out = (streams_ / "out").string(), err = (streams_ / "err").string();

  pid_ = ::fork();
  SA_CHECK(pid_ >= 0);
  if (pid_ > 0) return;
  // From here to execve() only calls that are safe between fork and exec.
  ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
  ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT, 0600), STDOUT_FILENO);
  ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT, 0600), STDERR_FILENO);
  if (!call.cwd.empty() && ::chdir(call.cwd.c_str()) != 0) ::_exit(126);
  if (call.file_size_limit) {
    const rlimit limit{*call.file_size_limit, *call.file_size_limit};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(126);
  }
  ::execve(executable.c_str(), argv.data(), envp.data());
  ::_exit(127);
}

RunningProgram::~RunningProgram() {
  if (ended_) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void RunningProgram::send(int signal) const { ::kill(pid_, signal); }

bool RunningProgram::poll() {
  if (ended_) return true;
  result_.peak_rss_mb = std::max(result_.peak_rss_mb, high_water_mb(pid_));
  int status = 0;
  rusage usage{};
  if (::wait4(pid_, &status, WNOHANG, &usage) == 0) return false;
  ended_ = true;
  result_.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  result_.cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  if (WIFEXITED(status)) result_.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result_.signal = WTERMSIG(status);
  result_.out = file_content(streams_ / "out");
  result_.err = file_content(streams_ / "err");
  return true;
}

bool RunningProgram::running() { return !poll(); }

ProgramResult RunningProgram::wait() {
  while (!poll()) {
    if (std::chrono::steady_clock::now() - start_ > kHung) send(SIGKILL);
    std::this_thread::sleep_for(kPollPeriod);
  }
  return result_;
}

ProgramResult run_program(const ProgramCall& call) { return RunningProgram(call).wait(); }

std::filesystem::path program_path() { return SCREENALYTICS_PROGRAM; }

std::filesystem::path source_root() { return SOURCE_ROOT; }

}  // namespace screenalytics
