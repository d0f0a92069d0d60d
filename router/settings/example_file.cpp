#include "router/settings/example_file.h"

#include <cctype>
#include <string_view>

#include "router/settings/description.h"

namespace zeroway {

namespace {

constexpr std::size_t kColumns = 110;

constexpr std::string_view kExampleBegin =
    R"(# Every key of a configuration file. router --example-config prints this file.
#
# A key has its default here, or it stands behind a # without a space, with an example.
# Times: a number is seconds; or "500ms", "2m", "1h". Sizes: a number is bytes; or "64KiB", "10MB", "1GiB".
# ${NAME} in a text is the value of an environment variable; $$ is a dollar.
# Paths of files are relative to the folder of this file.
)";

constexpr std::string_view kManualBegin =
    R"(A configuration file is TOML, or JSON with the same keys when its name ends in .json. Tables that stand in [[ ]] may be
there several times. A table that is there and lacks a key has the key's default.
Times are seconds, or text as "500ms", "2m", "1h". Sizes are bytes, or text as "64KiB", "10MB", "1GiB".
${NAME} in a text is the value of an environment variable; an error when it is not set; $$ is a dollar.
Paths of files are relative to the folder of the configuration file.
)";

// `text` in lines that begin with `begin`.
std::string wrap(std::string_view text, std::string_view begin) {
  std::string out;
  while (!text.empty()) {
    std::size_t end = text.size();
    if (begin.size() + end > kColumns) {
      const auto space = text.rfind(' ', kColumns - begin.size());
      end = space == std::string_view::npos ? end : space;
    }
    out.append(begin).append(text.substr(0, end)).append("\n");
    text.remove_prefix(end < text.size() ? end + 1 : end);
  }
  return out;
}

std::string capital(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

std::string join(const std::string& where, const std::string& name) {
  return where.empty() ? name : where + "." + name;
}

std::string header_of(const Table& table, const std::string& path) {
  return table.times == Table::Times::repeated ? "[[" + path + "]]" : "[" + path + "]";
}

void write_key(const Key& key, bool is_comment, std::string& out) {
  out += wrap(key.help + ". " + capital(key.wants) + ".", "# ");
  const bool has_usual = !key.usual.empty() && !key.is_shown;
  const bool is_active = !is_comment && (has_usual || key.is_required || key.is_shown);
  out += (is_active ? "" : "#") + key.name + " = " + (has_usual ? key.usual : key.sample) + "\n";
}

void write_table(const Table& table, const std::string& path, bool is_comment, std::string& out) {
  for (const Key& key : table.keys) write_key(key, is_comment, out);
  for (const Table& below : table.tables) {
    const std::string below_path = join(path, below.name);
    const bool is_below_comment = is_comment || below.times == Table::Times::optional;
    out += "\n" + wrap(below.help + ".", "# ") + (is_below_comment ? "#" : "") + header_of(below, below_path) + "\n";
    write_table(below, below_path, is_below_comment, out);
  }
}

void describe_key(const Key& key, std::string& out) {
  out += "  " + key.name + " = " + key.kind + (key.is_required ? " (must be there)" : "") + "\n";
  const std::string usual = key.usual.empty() ? "" : " [" + key.usual + "]";
  out += wrap(key.help + ". " + capital(key.wants) + "." + usual, "      ");
}

void describe_idle(const Table& table, std::string& out) {
  if (table.idle.empty()) return;
  std::string all;
  for (const IdleKey& idle : table.idle) all += (all.empty() ? "" : "; ") + idle.name + " (" + idle.reason + ")";
  out += wrap("Accepted from files of BWS, without an effect: " + all + ".", "  ");
}

void describe_table(const Table& table, const std::string& path, std::string& out) {
  for (const Key& key : table.keys) describe_key(key, out);
  describe_idle(table, out);
  for (const Table& below : table.tables) {
    const std::string below_path = join(path, below.name);
    out += "\n" + header_of(below, below_path) + "  " + below.help + "\n";
    // The keys of [websocket] are the same wherever they are.
    const bool is_told = below.name.starts_with("websocket") && !path.empty();
    if (is_told) out += "  As in [websocket].\n";
    if (!is_told) describe_table(below, below_path, out);
  }
}

}  // namespace

std::string example_file() {
  std::string out(kExampleBegin);
  write_table(describe_file(), "", false, out);
  return out;
}

std::string describe_keys() {
  std::string out(kManualBegin);
  out += "\n";
  describe_table(describe_file(), "", out);
  return out;
}

}  // namespace zeroway
