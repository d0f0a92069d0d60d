#include "router/acme/lego_command.h"

#include <algorithm>

#include "router/acme/limits.h"
#include "router/observe/escape.h"

namespace zeroway {

namespace {

// The line without the time in front: "2026/11/29 20:35:10 ".
std::string_view without_time(std::string_view line) {
  constexpr std::string_view kForm = "0000/00/00 00:00:00 ";
  if (line.size() < kForm.size()) return line;
  for (std::size_t at = 0; at < kForm.size(); ++at) {
    const bool is_digit = line[at] >= '0' && line[at] <= '9';
    if (kForm[at] == '0' ? !is_digit : line[at] != kForm[at]) return line;
  }
  return line.substr(kForm.size());
}

std::string_view last_line(std::string_view text) {
  const auto end = text.find_last_not_of(" \t\r\n");
  if (end == std::string_view::npos) return {};
  text = text.substr(0, end + 1);
  const auto before = text.find_last_of('\n');
  return before == std::string_view::npos ? text : text.substr(before + 1);
}

}  // namespace

std::vector<std::string> lego_words(const LegoOrder& order, const CertificateSpec& spec) {
  std::vector<std::string> words{order.program,      "--path",       order.folder, "--server",
                                 spec.directory_url, "--accept-tos", "--email",    spec.email,
                                 "--domains",        spec.name,      "--key-type", "ec256"};
  if (!order.webroot.empty()) {
    words.insert(words.end(), {"--http", "--http.webroot", order.webroot});
  } else {
    words.insert(words.end(), {"--tls", "--tls.port", "127.0.0.1:" + std::to_string(order.tls_port)});
  }
  if (!spec.key_id.empty()) {  // lego asks for them with an account, too
    words.insert(words.end(), {"--eab", "--kid", spec.key_id, "--hmac", spec.hmac});
  }
  words.emplace_back("run");
  return words;
}

std::vector<std::string> lego_environment(const CertificateSpec& spec) {
  if (spec.ca_file.empty()) return {};
  return {"LEGO_CA_CERTIFICATES=" + spec.ca_file};
}

std::string lego_chain_file(const std::string& folder, const std::string& name) {
  return folder + "/certificates/" + name + ".crt";
}

std::string lego_key_file(const std::string& folder, const std::string& name) {
  return folder + "/certificates/" + name + ".key";
}

// One object of JSON that ends where the text does, and that knows where the authority has the account.
bool is_whole_account(std::string_view text) {
  const auto last = text.find_last_not_of(" \t\r\n");
  if (last == std::string_view::npos || !text.starts_with('{')) return false;
  text = text.substr(0, last + 1);
  int depth = 0;
  bool is_in_text = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (is_in_text && text[at] == '\\')
      ++at;
    else if (text[at] == '"')
      is_in_text = !is_in_text;
    else if (!is_in_text && text[at] == '{')
      ++depth;
    else if (!is_in_text && text[at] == '}' && --depth == 0 && at + 1 < text.size())
      return false;
  }
  return depth == 0 && !is_in_text && text.find("\"registration\"") != std::string_view::npos &&
         text.find("\"uri\"") != std::string_view::npos;
}

bool is_account_unknown(std::string_view output) {
  return output.find("urn:ietf:params:acme:error:accountDoesNotExist") != std::string_view::npos;
}

// The reason stands behind the last "Could not …", over several lines; else it is the last line.
std::string lego_reason(std::string_view output) {
  const auto begin = output.rfind("Could not obtain");
  std::string_view reason = begin == std::string_view::npos ? without_time(last_line(output)) : output.substr(begin);
  std::string line;
  for (const char letter : reason.substr(0, kMostReason)) {
    const bool is_space = letter == '\n' || letter == '\t' || letter == '\r' || letter == ' ';
    if (!is_space) {
      line += letter;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  if (line.ends_with(' ')) line.pop_back();
  std::string safe;
  append_escaped(safe, line);
  return safe.empty() ? "it said nothing" : safe;
}

}  // namespace zeroway
