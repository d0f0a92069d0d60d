#include "router/console/judge.h"

#include <doctest/doctest.h>

#include "router/console/commands.h"
#include "router/console/completion.h"
#include "router/console/management_client.h"
#include "tests/support/folder.h"

using namespace zeroway;
using namespace zeroway::console;

namespace {

Verdict judged(const Question& question, int status, const std::string& detail) {
  return judge(question, Told{status, "{\"status\":" + std::to_string(status) + ",\"detail\":\"" + detail + "\"}"},
               "127.0.0.1:6040");
}

}  // namespace

TEST_CASE("exit codes: what each answer of a router means") {
  const Question get{.path = "/api/v1/explain?url=x"}, patch{.method = "PATCH", .path = "/api/v1/workers/w"};
  CHECK(judged(get, 200, "").code == ExitCode::fine);
  CHECK(judged(patch, 401, "the token is wrong").code == ExitCode::token);
  CHECK(judged(patch, 403, "no token").code == ExitCode::token);
  CHECK(judged(patch, 429, "too many").code == ExitCode::token);
  CHECK(judged(patch, 404, "nobody is named 'w'").code == ExitCode::no_name);
  CHECK(judged(patch, 409, "router.toml:1: nonsense").code == ExitCode::refused);
  CHECK(judged(get, 503, "busy").code == ExitCode::refused);
  CHECK(judge(get, Error{Fault::backend, Code::backend_lost, true, "refused"}, "h:1").code == ExitCode::unreachable);
}

TEST_CASE("exit codes: the reason names what is missing") {
  const Question get{.path = "/api/v1/explain?url=x"};
  CHECK(judged(get, 404, "there is no /api/v1/explain").why ==
        "this router has no /api/v1/explain: it is older than this command");
  CHECK(judged(get, 401, "the token is wrong").why ==
        "the token is wrong; --token-file FILE names the file with the token");
  CHECK(judge(get, Told{404, "<html>not found</html>"}, "h:1").why.find("is this a router") != std::string::npos);
  const Verdict lost = judge(get, Error{Fault::backend, Code::backend_lost, true, "refused\x1b"}, "h:1");
  CHECK(lost.why == R"(no router can be reached at h:1: refused\x1b)");
}

TEST_CASE("exit codes: the lines of a file's errors stay lines") {
  const Question reload{.method = "POST", .path = "/api/v1/reload"};
  CHECK(judged(reload, 409, "a:1: x\\nb:2: \\u001b").why == "a:1: x\nb:2: \\x1b");
}

TEST_CASE("questions: any name is one part of the path, any value one of the query") {
  CHECK(hold_question(true, "a/b ?%\xc3", true).path == "/api/v1/workers/a%2Fb%20%3F%25%C3");
  CHECK(hold_question(false, "127.0.0.1:80", false).path == "/api/v1/servers/127.0.0.1:80");
  CHECK(path_with("/p", {{"a", "x&y"}, {"b", ""}, {"c", "http://h/?q"}}) == "/p?a=x%26y&c=http:%2F%2Fh%2F%3Fq");
}

TEST_CASE("token: one word of a file, without the white space around it") {
  const Folder folder;
  const auto token_of = [&](const std::string& content) { return read_token(folder.write("token", content)); };
  CHECK(*token_of("  secret-1\n") == "secret-1");
  CHECK_FALSE(token_of("two words\n").has_value());
  CHECK_FALSE(token_of("\n").has_value());
  CHECK_FALSE(read_token("/nowhere/token").has_value());
}

TEST_CASE("completion: every command and every option is in both scripts") {
  for (const char* shell : {"bash", "zsh"}) {
    const std::string script = completion_script(shell);
    for (const char* word : {"explain", "undrain", "--token-file", "--fabric-engine", "--once", "round_robin"}) {
      CAPTURE(word);
      CHECK(script.find(word) != std::string::npos);
    }
    CHECK(script.find("--first-stream-id") == std::string::npos);
  }
}
