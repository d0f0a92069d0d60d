#include "router/console/judge.h"

#include <algorithm>

#include "router/console/figure_reader.h"
#include "router/console/printable.h"

namespace zeroway::console {

namespace {

std::string path_of(const Question& question) { return question.path.substr(0, question.path.find('?')); }

// An error's lines stay lines: those of a configuration file are one below the other.
std::string printable_lines(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (at > 0) out += '\n';
    out += printable(std::string_view(text).substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::string detail_of(const Told& told, const std::string& where) {
  const std::string detail = read_problem(told.body);
  if (!detail.empty()) return printable_lines(detail);
  return where + " answered with status " + std::to_string(told.status) + ": is this a router's management listener?";
}

ExitCode code_of(const Question& question, int status) {
  if (status == 401 || status == 403 || status == 429) return ExitCode::token;
  return status == 404 && question.method == "PATCH" ? ExitCode::no_name : ExitCode::refused;
}

// The router is older than the path.
bool is_unknown_path(const Question& question, const Told& told) {
  return question.method == "GET" && told.status == 404 && !read_problem(told.body).empty();
}

}  // namespace

Verdict judge(const Question& question, const Result<Told>& told, const std::string& where) {
  if (!told) return unreachable(where, told.error().detail);
  if (told->status >= 200 && told->status < 300) return {};
  if (is_unknown_path(question, *told))
    return {ExitCode::refused, "this router has no " + path_of(question) + ": it is older than this command"};
  const ExitCode code = code_of(question, told->status);
  const std::string detail = detail_of(*told, where);
  if (code != ExitCode::token) return {code, detail};
  return {code, detail + "; --token-file FILE names the file with the token"};
}

Verdict unreachable(const std::string& where, const std::string& why) {
  return {ExitCode::unreachable, "no router can be reached at " + where + ": " + printable(why)};
}

}  // namespace zeroway::console
