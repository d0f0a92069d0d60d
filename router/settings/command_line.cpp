#include "router/settings/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "router/settings/checks.h"
#include "router/settings/command_words.h"
#include "router/settings/description.h"
#include "router/settings/example_file.h"
#include "router/settings/key_options.h"
#include "router/settings/nearest_word.h"
#include "router/settings/option_groups.h"
#include "router/settings/options.h"
#include "router/settings/raw_socket_option.h"
#include "router/settings/settings_file.h"
#include "router/settings/site_checks.h"
#include "router/settings/tcp_option.h"

namespace zeroway {

namespace {

constexpr const char* kFile = "Sites";
constexpr const char* kHidden = "";

constexpr const char* kAccessLogLines =
    R"(A line of --access-log, combined (common is the same without REFERER and AGENT):
  ADDRESS - USER [TIME] "METHOD PATH PROTOCOL" STATUS BYTES "REFERER" "AGENT" WORKER QUEUED TOTAL RETRIES REASON
  ADDRESS   the client's: through trusted proxies, the last one in X-Forwarded-For (or Forwarded) that is none of them
  USER      the name that the login of the site has found, or -
  METHOD    and PATH; - and - when the request was refused before they were read
  STATUS    of the reply, as the client saw it: 101 of a WebSocket over HTTP/1.1 (GET), 200 over HTTP/2 (CONNECT);
            499 when the client went away before there was one, 0 when none was sent
  BYTES     of the reply's body
  WORKER    who had it last, or -
  QUEUED    milliseconds until WORKER took it: waiting for room, the way there, and its first frame back, which may be
            the reply's; counted anew for each worker, 0 when none took it
  TOTAL     milliseconds from the end of its head until all was over
  RETRIES   how often it was given to another worker
  REASON    why it failed, as backend_lost or no_backend, or -
A template has the fields that it names in braces ({{ and }} are braces), json has all of them. Fields:
)";
constexpr const char* kAccessLogEscapes =
    R"(What a client chose is escaped, and cut to 2048 bytes, then "...". A sites' file
may give each site a log of its own.)";

// A folder may have a command's name, too.
constexpr const char* kCommandsTitle =
    "Commands, for a router that runs (router COMMAND --help explains one; a folder of this name is ./COMMAND):\n";

std::string access_log_help() {
  std::string text = kAccessLogLines;
  for (const LogFieldName& field : log_fields()) {
    std::string name(field.name);
    name.resize(std::max(name.size() + 1, std::size_t{13}), ' ');
    text.append("  ").append(name).append(field.help).append("\n");
  }
  return text + kAccessLogEscapes;
}

}  // namespace

// --- Functions of Options that need CLI11

void Options::flag(const char* group, const std::string& names, bool& target, bool value, const std::string& what) {
  app_.add_flag_callback(
          names, [&target, value] { target = value; }, what)
      ->group(group)
      ->disable_flag_override();
}

void Options::refuse(const std::string& name, const std::string& word, const std::string& wanted) {
  throw CLI::ValidationError(name, "'" + word + "' is not " + wanted);
}

void Options::add(const char* group, const std::string& names, const Reader& read, const std::string& what,
                  const std::string& kind) {
  app_.add_option_function<std::string>(names, read, what)->group(group)->type_name(kind);
}

void Options::key(const KeyOption& option) {
  const OptionWords& words = option.key->option;
  const auto read = [option](const std::vector<std::string>& given) {
    if (const std::string why = read_option(option, given); !why.empty()) throw CLI::ValidationError(why);
  };
  const std::string help = help_of(*option.key);
  if (words.kind.empty()) {
    app_.add_flag_callback(
            words.names, [read] { read({}); }, help)
        ->group(words.group)
        ->disable_flag_override();
    return;
  }
  if (!option.key->kind.starts_with("[")) {
    return add(
        words.group.c_str(), words.names, [read](const std::string& word) { read({word}); }, help, words.kind);
  }
  app_.add_option_function<std::vector<std::string>>(words.names, read, help)
      ->group(words.group)
      ->type_name(words.kind)
      ->delimiter(',');
}

// --- The options of the router

namespace {

// The files in the order of the command line, before certificates and keys are paired.
struct TlsWords {
  std::vector<std::string> certificates;
  std::vector<std::string> keys;
};

void add_edge(Options& options, EdgeSettings& edge) {
  options.number(kClients, "-p,--port", edge.port, 0, 65'535, "HTTP port; 0 takes a free port, which the log names");
  options.text(kClients, "-a,--address", edge.address, is_address, "an address or a host's name",
               "Address to listen on for HTTP; by default all addresses, IPv6 and IPv4", "ADDRESS");
}

void add_tcp(CLI::App& app, std::vector<TcpSettings>& services) {
  const auto read = [&services](const std::vector<std::string>& words) {
    services.clear();  // the words may be read twice
    for (const std::string& word : words) {
      auto service = read_tcp_option(word);
      if (!service) Options::refuse("--tcp", word, service.error().detail);
      services.push_back(std::move(*service));
    }
  };
  app.add_option_function<std::vector<std::string>>(
         "--tcp", read, "Port whose connections go, byte for byte, to the workers that claim PATH; repeatable")
      ->group(kClients)
      ->type_name(kTcpOptionForms)
      ->type_size(1)
      ->allow_extra_args(false);
}

void add_raw_sockets(CLI::App& app, std::vector<RawSocketListener>& listeners) {
  const auto read = [&listeners](const std::vector<std::string>& words) {
    listeners.clear();  // the words may be read twice
    for (const std::string& word : words) {
      auto listener = read_raw_socket_option(word);
      if (!listener) Options::refuse("--rawsocket", word, listener.error().detail);
      listeners.push_back(std::move(*listener));
    }
  };
  app.add_option_function<std::vector<std::string>>(
         "--rawsocket", read,
         "Port or socket for WAMP over RawSocket: sessions at the path, as by WebSocket; repeatable")
      ->group(kClients)
      ->type_name(kRawSocketForms)
      ->type_size(1)
      ->allow_extra_args(false);
}

void add_tls(CLI::App& app, Options& options, TlsSettings& tls, TlsWords& words) {
  const auto files = [&](const char* name, std::vector<std::string>& target, const char* what) {
    const auto read = [&target, name](const std::vector<std::string>& named) {
      for (const std::string& word : named) {
        if (word.empty()) Options::refuse(name, word, "a file");
      }
      target = named;
    };
    app.add_option_function<std::vector<std::string>>(name, read, what)
        ->group(kTls)
        ->type_name("FILE")
        ->type_size(1)
        ->allow_extra_args(false);
  };
  files("--tls-cert", words.certificates,
        "Certificate and its chain, PEM; repeatable: the name that a client asks for chooses, else the first");
  files("--tls-key", words.keys, "Key of a certificate, PEM; once for each --tls-cert, in the same order");
  options.text(
      kTls, "--tls-dir", tls.directory, [](const std::string& word) { return !word.empty(); }, "a directory",
      "Directory of certificates: NAME.crt with NAME.key, or NAME.pem with both", "DIR");
  options.number(kTls, "--tls-port", tls.port, 0, 65'535,
                 "HTTPS port, when there is a certificate; 0 takes a free port");
  files("--tls-client-ca", tls.policy.client_ca,
        "Clients need a certificate that an authority in this file has signed; repeatable; workers find its subject in "
        "x-client-cert-subject");
  options.flag(kTls, "--tls-client-optional", tls.policy.client_optional, true,
               "Clients may come without a certificate, too");
}

// Returns "", or why the options do not fit together.
std::string pair_tls(const CLI::App& app, const TlsWords& words, std::uint16_t http_port, TlsSettings& tls) {
  if (words.certificates.size() != words.keys.size()) {
    return std::to_string(words.certificates.size()) + " --tls-cert and " + std::to_string(words.keys.size()) +
           " --tls-key: each certificate needs its key";
  }
  for (std::size_t index = 0; index < words.keys.size(); ++index) {
    tls.certificates.push_back({words.certificates[index], words.keys[index]});
  }
  if (!tls.is_on()) {
    for (const char* option : {"--tls-port", "--tls-client-ca", "--tls-client-optional"}) {
      if (app.count(option) > 0) {
        return std::string(option) +
               " needs --tls-cert and --tls-key, or --tls-dir (tools/dev-cert makes a certificate)";
      }
    }
  }
  if (tls.is_on() && http_port != 0 && tls.port == http_port) {
    return "--tls-port: " + std::to_string(tls.port) + " is the port of --port, too; HTTP and HTTPS need a port each";
  }
  if (tls.policy.client_optional && tls.policy.client_ca.empty()) return "--tls-client-optional needs --tls-client-ca";
  return {};
}

void add_observe(Options& options, ObserveSettings& observe) {
  options.flag(kLog, "-s,--stdout", observe.to_stdout, true, "Log to standard output; else to standard error");
  options.flag(kLog, "-v,--verbose", observe.verbose, true, "Log more, and all counters at the end");
}

bool is_folder(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

// The option that `name` was perhaps meant to be; "" when none is similar.
std::string nearest_option(const CLI::App& app, const std::string& name) {
  std::vector<std::string> known;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;
    for (const std::string& word : option->get_lnames()) known.push_back(word);
  }
  const std::string nearest = nearest_word(name, known);
  return nearest.empty() ? "" : "--" + nearest;
}

std::string unknown_word(const std::string& word) {
  return "'" + word + "' is no option, no command, and no folder whose files could be served" +
         meant(nearest_word(word, command_names()));
}

// `words` are the words that no option took. The wrong word is the first option among them, or else the first word.
std::string unknown(const CLI::App& app, const std::vector<std::string>& words) {
  const auto is_option = [](const std::string& word) { return word.starts_with('-'); };
  const auto found = std::find_if(words.begin(), words.end(), is_option);
  const std::string word = (found == words.end() ? words.front() : *found);
  if (!is_option(word)) return unknown_word(word);
  const std::string name = word.starts_with("--") ? word.substr(0, word.find('=')) : word;
  const std::string nearest = name.starts_with("--") ? nearest_option(app, name.substr(2)) : "";
  return "'" + name + "' is no option" + meant(nearest);
}

// CLI11's own message names neither the number of times nor the values that the option takes.
std::string wrong_count(const CLI::App& app, const CLI::ParseError& error) {
  std::string said = error.what();
  if (const auto at = said.find(" was given a disallowed flag override"); at != std::string::npos) {
    return "--" + said.substr(0, at) + " takes no value";
  }
  const std::string name = said.substr(0, said.find(':'));
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_name() != name) continue;
    if (option->count() > 1)
      return name + " is given " + std::to_string(option->count()) + " times; once is all it takes";
    return name + " wants a value: " + option->get_type_name();
  }
  return said;
}

CommandLine printed(const std::string& text) { return {.output = text}; }

CommandLine failed(const std::string& why) {
  return {.error = "router: " + why + "\nrouter -h shows all options\n", .exit_code = 2};
}

// What the command line says about files of settings and folders, besides Settings.
struct FileWords {
  std::string config;
  bool is_check = false;
  bool wants_reload = false;
  bool wants_example = false;
  bool wants_manual = false;
  bool wants_metrics = false;
  bool wants_trust = false;
};

void add_file(Options& options, FileWords& words, std::string& folder) {
  options.file(kFile, "-c,--config", words.config,
               "Configuration file, TOML, or JSON when its name ends in .json; options win over the file");
  options.flag(kFile, "--check,--dry-run", words.is_check, true,
               "Only say what the file would serve, or all its errors; exit status 0 or 1");
  options.text(
      kFile, "--files", folder, [](const std::string& word) { return is_folder(word); }, "a folder",
      "Serve the files of a folder, without a configuration file; router DIR is the same", "DIR");
  options.flag(kFile, "--example-config", words.wants_example, true, "Print a configuration file with every key");
  options.flag(kFile, "--trust", words.wants_trust, true,
               "Print how programs come to trust the certificates of auto_cert = \"internal\"");
  options.flag(kFile, "--help-config", words.wants_manual, true, "Print what each key of a configuration file is for");
  options.flag(kFile, "--help-metrics", words.wants_metrics, true, "Print what each metric of /metrics means");
}

// Options that say where clients are accepted, which the sites of a file say, too.
std::string clash(const CLI::App& app, const Settings& settings) {
  if (!settings.file) return {};
  if (!settings.files.empty())
    return "--files " + settings.files + ": a site in " + settings.file->path + " says it as static_dir";
  if (!settings.file->has_listeners()) return {};
  for (const char* option : {"--port", "--address", "--tls-port", "--tls-cert", "--tls-key", "--tls-dir",
                             "--tls-client-ca", "--tls-client-optional", "--rawsocket"}) {
    if (app.count(option) == 0) continue;
    const auto& sites = settings.file->sites;
    const SiteSettings site = sites.empty() ? site_of(settings.file->tcp.front()) : sites.front();
    const std::string key = site.port > 0 ? "port" : "listen";
    return std::string(option) + ": the sites in " + settings.file->path + " say where they listen, as " +
           site.located.name_of(key) + " at line " + std::to_string(site.located.place_of(key).line);
  }
  return {};
}

// The words that no option took: nothing, or one folder. Returns "", or why not.
std::string take_folder(const CLI::App& app, std::vector<std::string> rest, std::string& folder) {
  std::erase(rest, "--");  // ends the options, as in other programs
  if (rest.empty()) return {};
  if (rest.size() > 1 || rest.front().starts_with('-') || !is_folder(rest.front())) return unknown(app, rest);
  if (!folder.empty()) return "'" + rest.front() + "': --files " + folder + " is the folder already";
  folder = rest.front();
  return {};
}

RouterOption router_option(const CLI::Option& option) {
  RouterOption shown{.names = {}, .kind = {}, .help = option.get_description(), .choices = {}};
  for (const std::string& name : option.get_snames()) shown.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) shown.names.push_back("--" + name);
  if (option.get_type_size_max() > 0) shown.kind = option.get_type_name();
  return shown;
}

// CLI11 does not know the words of a choice, the description does.
void add_choices(const Key& key, std::vector<RouterOption>& shown) {
  if (key.words.empty() || key.option.names.empty()) return;
  const std::string name = long_name(key.option.names);
  for (RouterOption& option : shown) {
    if (option.names.back() != name) continue;
    for (const std::string& word : key.words) option.choices += (option.choices.empty() ? "" : " ") + word;
  }
}

// One reading of the words over the settings that are there.
class Parser {
 public:
  explicit Parser(Settings& settings) : settings_(settings) {
    app_.set_help_flag("-h,--help", "This help")->group(kLog);
    app_.set_version_flag("-V,--version", "router " ZEROWAY_VERSION)->group(kLog);
    app_.get_formatter()->column_width(34);
    app_.allow_extras();  // our own error names them
    app_.footer(std::string(kCommandsTitle) + list_commands() + "\n" + access_log_help());
    add_file(options_, files, settings.files);
    add_edge(options_, settings.edge);
    add_tcp(app_, settings.tcp);
    add_raw_sockets(app_, settings.raw_sockets);
    add_tls(app_, options_, settings.edge.tls, tls_words_);
    add_observe(options_, settings.observe);
    for (const KeyOption& option : key_options(file_, &settings)) options_.key(option);
    options_.number(kHidden, "--first-stream-id", settings.fabric.first_stream_id, 0, kMaxStreamId,
                    "To see stream ids wrap");
    options_.file(kProcess, "--pid-file", settings.pid_file, "File that holds the router's process id while it runs");
    options_.flag(kProcess, "--reload", files.wants_reload, true,
                  "Tell the router of --pid-file to read its configuration file again, and exit");
  }

  // What to print instead of serving; nothing when the words are good.
  std::optional<CommandLine> parse(const std::vector<std::string>& words) {
    try {
      app_.parse(std::vector<std::string>(words.rbegin(), words.rend()));  // CLI11 takes them off the back
    } catch (const CLI::CallForHelp&) {
      return printed(app_.help());
    } catch (const CLI::CallForVersion& version) {
      return printed(std::string(version.what()) + "\n");
    } catch (const CLI::ArgumentMismatch& error) {
      return failed(wrong_count(app_, error));
    } catch (const CLI::ParseError& error) {
      return failed(error.what());
    }
    const std::string why = take_folder(app_, app_.remaining(), settings_.files);
    if (!why.empty()) return failed(why);
    if (files.wants_reload) return reload();
    if (files.wants_example) return printed(example_file());
    if (files.wants_manual) return printed(describe_keys());
    if (files.wants_metrics) return CommandLine{.wants_metrics = true};
    return std::nullopt;
  }

  // Whether the settings fit together. Returns "", or why not.
  std::string check() {
    std::string why = clash(app_, settings_);
    if (why.empty()) why = pair_tls(app_, tls_words_, settings_.edge.port, settings_.edge.tls);
    if (!why.empty()) return why;
    settings_.fabric.endpoint = with_address(settings_.fabric.endpoint);
    if (const auto fits = check_fabric(settings_.fabric, settings_.threads); !fits) return fits.error().detail;
    const bool has_sites = settings_.file && settings_.file->has_listeners();
    const auto apart = has_sites ? check_file_ports(settings_) : check_ports(settings_);
    if (!apart) return apart.error().detail;
    if (app_.count("--access-log-format") > 0 && settings_.observe.access_log.empty())
      return "--access-log-format needs --access-log FILE: there is no access log without it";
    return {};
  }

  [[nodiscard]] std::vector<RouterOption> router_options() {
    std::vector<RouterOption> shown;
    for (const CLI::Option* option : app_.get_options())
      if (!option->get_group().empty()) shown.push_back(router_option(*option));
    Settings settings;
    for (const KeyOption& key : key_options(file_, &settings)) add_choices(*key.key, shown);
    return shown;
  }

  FileWords files;

 private:
  [[nodiscard]] CommandLine reload() const {
    if (settings_.pid_file.empty()) return failed("--reload needs --pid-file FILE, as the running router has it");
    return {.reload = settings_.pid_file};
  }

  Settings& settings_;
  CLI::App app_{
      "Gateway from HTTP to workers that connect to it, to servers and files. Without options it serves port 9000.",
      "router"};
  Options options_{app_};
  const Table file_ = describe_file();
  TlsWords tls_words_;
};

CommandLine failed_file(const std::vector<std::string>& errors, const std::vector<std::string>& warnings) {
  CommandLine line;
  for (const std::string& error : errors) line.error += error + "\n";
  for (const std::string& warning : warnings) line.error += warning + " (warning)\n";
  line.exit_code = 1;
  return line;
}

CommandLine told(const Settings& settings, const std::vector<std::string>& warnings) {
  CommandLine line;
  line.output = describe_settings(settings);
  line.to_check = settings;
  for (const std::string& warning : warnings) line.error += warning + " (warning)\n";
  return line;
}

// The words are read a second time, over what the file says before its sites: options win over the file.
CommandLine read_with_file(const std::vector<std::string>& words, const FileWords& files) {
  Settings settings;
  std::optional<Parser> parser;
  FileReading reading = read_settings_file(files.config, [&](Settings& read_so_far) {
    settings = std::move(read_so_far);
    parser.emplace(settings);
    (void)parser->parse(words);  // they were good the first time
    read_so_far = settings;
  });
  if (!reading.settings) return failed_file(reading.errors, reading.warnings);
  settings = std::move(*reading.settings);
  if (const std::string why = parser->check(); !why.empty()) {
    return files.is_check ? failed_file({why}, reading.warnings) : failed(why);
  }
  if (files.is_check) return told(settings, reading.warnings);
  if (files.wants_trust) return {.trust = settings.state_dir};
  return {.settings = std::move(settings),
          .warnings = std::move(reading.warnings),
          .shown_file = std::make_shared<const std::string>(std::move(reading.shown)),
          .port_fingerprints = std::move(reading.port_fingerprints)};
}

}  // namespace

std::vector<RouterOption> router_options() {
  Settings settings;
  return Parser(settings).router_options();
}

CommandLine read_command_line(const std::vector<std::string>& words) {
  Settings settings;
  Parser parser(settings);
  if (auto other = parser.parse(words)) return std::move(*other);
  if (!parser.files.config.empty()) return read_with_file(words, parser.files);
  if (parser.files.is_check) return failed("--check needs -c FILE");
  if (parser.files.wants_trust) return {.trust = settings.state_dir};
  if (const std::string why = parser.check(); !why.empty()) return failed(why);
  return {.settings = std::move(settings)};
}

}  // namespace zeroway
