#include "zeroway/options.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "default_endpoints.h"
#include "limits.h"
#include "proto/control.h"
#include "proto/limits.h"
#include "worker-sdk/src/session/router_address.h"

namespace zeroway {

namespace {

using namespace std::string_literals;

[[noreturn]] void refuse(const std::string& option, const std::string& value, const std::string& range) {
  throw std::invalid_argument(option + " " + value + ": " + range);
}

std::string range(std::uint64_t low, std::uint64_t high) {
  return "must be " + std::to_string(low) + " to " + std::to_string(high);
}

struct Unit {
  std::string_view name;
  double factor;
};

// A number and a unit out of `units`. A number without a unit has the first unit.
double read_amount(const std::string& option, const std::string& text, const std::vector<Unit>& units,
                   const std::string& wanted) {
  double number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string unit(end, text.data() + text.size());
  std::transform(unit.begin(), unit.end(), unit.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto found = std::find_if(units.begin(), units.end(), [&](const Unit& known) { return known.name == unit; });
  const bool is_known = unit.empty() || found != units.end();
  if (error != std::errc() || !(number >= 0) || !is_known) refuse(option, text, wanted);
  return number * (unit.empty() ? units.front().factor : found->factor);
}

std::uint32_t read_number(const std::string& option, const std::string& text, std::uint32_t low, std::uint32_t high) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < low || number > high)
    refuse(option, text, range(low, high));
  return number;
}

std::chrono::milliseconds read_time(const std::string& option, const std::string& text) {
  const std::string wanted = "must be a time from 0 to 1d, like 500ms, 30s or 2m";
  const double ms = read_amount(option, text, {{"s", 1e3}, {"ms", 1}, {"m", 6e4}, {"h", 3.6e6}, {"d", 8.64e7}}, wanted);
  if (ms > static_cast<double>(kMaxDrain.count())) refuse(option, text, wanted);
  return std::chrono::milliseconds(static_cast<std::int64_t>(ms));
}

std::size_t read_size(const std::string& option, const std::string& text) {
  const std::string wanted = "must be a size from 1 to 1t, like 65536, 64k or 1m";
  const double bytes = read_amount(option, text,
                                   {{"b", 1},
                                    {"k", 1024},
                                    {"kib", 1024},
                                    {"m", 1048576},
                                    {"mib", 1048576},
                                    {"g", 1073741824},
                                    {"gib", 1073741824},
                                    {"t", 1099511627776.0}},
                                   wanted);
  if (bytes < 1 || bytes > static_cast<double>(kMostOfMaxBody)) refuse(option, text, wanted);
  return static_cast<std::size_t>(bytes);
}

// A word alone may be meant as a path or as a host: it is refused, not guessed.
ServedRoute read_route(const std::string& option, const std::string& text) {
  if (text.find("://") != std::string::npos)
    refuse(option, text, "must be [HOST]/PATH, without a scheme, like example.com/api");
  if (text.empty()) refuse(option, text, "must be [HOST]/PATH, like /api or example.com/api");
  const std::size_t slash = text.find('/');
  if (slash != std::string::npos) return {text.substr(0, slash), text.substr(slash)};
  if (text.find_first_of(".:*") == std::string::npos)
    refuse(option, text, "must be [HOST]/PATH: /" + text + " is a path, " + text + "/ a host");
  return {text, "/"};
}

Engine read_engine(const std::string& option, const std::string& text) {
  if (text == "loop") return Engine::loop;
  if (text == "libzmq") return Engine::libzmq;
  refuse(option, text, "must be loop or libzmq");
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find(','));
    if (!item.empty()) items.emplace_back(item);
    text.remove_prefix(std::min(text.size(), item.size() + 1));
  }
  return items;
}

struct Option {
  const char* name;
  const char* environment;  // or nullptr
  const char* value;        // its name in the manual; nullptr = a switch
  const char* manual;
  void (*read)(WorkerOptions& options, const std::string& name, const std::string& text);
};

// An option may be given several times. Endpoints on the command line replace those of the environment.
const std::array kOptions = {
    Option{
        "--connect", "ZEROWAY_CONNECT", "ENDPOINT",
        "a router's fabric, tcp://HOST:PORT (a name: every address it has), srv://NAME (the hosts and ports of its SRV "
        "records) or ipc://PATH; repeatable (tcp://127.0.0.1:8000)",
        [](WorkerOptions& options, const std::string& name, const std::string& text) {
          std::vector<std::string> endpoints = split_list(text);
          if (endpoints.empty()) refuse(name, text, "must name an endpoint, like tcp://127.0.0.1:8000");
          for (std::string& endpoint : endpoints) options.connect.push_back(std::move(endpoint));
        }},
    Option{"--weight", "ZEROWAY_WEIGHT", "N", "share of the traffic compared with others, 1 to 1000 (1)",
           [](WorkerOptions& options, const std::string& name, const std::string& text) {
             options.weight = read_number(name, text, 1, kMaxWeight);
           }},
    Option{"--capacity", "ZEROWAY_CAPACITY", "N", "requests at once, 1 to 1000000 (1024)",
           [](WorkerOptions& options, const std::string& name, const std::string& text) {
             options.capacity = read_number(name, text, 1, kMaxCapacity);
           }},
    Option{"--threads", nullptr, "N", "threads for handlers that may block, 1 to 1024 (16)",
           [](WorkerOptions& options, const std::string& name, const std::string& text) {
             options.threads = read_number(name, text, 1, kMaxThreads);
           }},
    Option{"--route", nullptr, "[HOST]/PATH",
           "serve this host and path prefix, not what the handlers answer; repeatable; / is everything",
           [](WorkerOptions& options, const std::string& name, const std::string& text) {
             options.routes.push_back(read_route(name, text));
           }},
    Option{"--group", "ZEROWAY_GROUP", "NAME", "serve the routers' routes to this group, and no others",
           [](WorkerOptions& options, const std::string&, const std::string& text) { options.group = text; }},
    Option{"--app", "ZEROWAY_APP", "SESSION/SERVICE", "serve this service of a session, and nothing else",
           [](WorkerOptions& options, const std::string&, const std::string& text) { options.app = text; }},
    Option{"--standby", "ZEROWAY_STANDBY", nullptr, "get requests only while no active worker is fit",
           [](WorkerOptions& options, const std::string& name, const std::string& text) {
             options.standby = text.empty() || read_number(name, text, 0, 1) == 1;
           }},
    Option{"--max-body", nullptr, "SIZE", "largest request body that is taken whole (1m)",
           [](WorkerOptions& options, const std::string& name, const std::string& text) {
             options.max_body = read_size(name, text);
           }},
    Option{"--drain-timeout", nullptr, "TIME", "how long SIGTERM waits for requests in hand (30s)",
           [](WorkerOptions& options, const std::string& name, const std::string& text) {
             options.drain_timeout = read_time(name, text);
           }},
    Option{"--key", "ZEROWAY_KEY", "FILE", "this worker's CURVE secret key",
           [](WorkerOptions& options, const std::string&, const std::string& text) { options.key_file = text; }},
    Option{"--router-key", "ZEROWAY_ROUTER_KEY", "FILE|KEY", "the router's CURVE public key",
           [](WorkerOptions& options, const std::string&, const std::string& text) { options.router_key = text; }},
    Option{"--engine", "ZEROWAY_ENGINE", "ENGINE",
           "what speaks with the routers: loop (this worker's own thread) or libzmq",
           [](WorkerOptions& options, const std::string& name, const std::string& text) {
             options.engine = read_engine(name, text);
           }},
    Option{"--verbose", nullptr, nullptr, "log connections too",
           [](WorkerOptions& options, const std::string&, const std::string&) { options.verbose = true; }},
};

const Option* find_option(std::string_view name) {
  if (name == "-v") name = "--verbose";
  const auto* const found =
      std::find_if(kOptions.begin(), kOptions.end(), [&](const Option& option) { return name == option.name; });
  return found == kOptions.end() ? nullptr : found;
}

void read_environment(WorkerOptions& options) {
  for (const Option& option : kOptions) {
    const char* const text = option.environment == nullptr ? nullptr : std::getenv(option.environment);
    if (text == nullptr || *text == '\0') continue;
    if (option.name == "--connect"s) options.connect.clear();
    option.read(options, option.environment, text);
  }
}

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

void print_manual(const char* program) {
  std::printf("Usage: %s [NAME] [OPTION …]\n\nNAME is shown in logs and in X-Worker. Options, with defaults:\n\n",
              program);
  for (const Option& option : kOptions) {
    const std::string left = option.name + (option.value == nullptr ? ""s : " "s + option.value);
    std::printf("  %-26s %s\n", left.c_str(), option.manual);
    if (option.environment != nullptr) std::printf("  %-26s else the environment's %s\n", "", option.environment);
  }
  std::printf("  %-26s the version of the SDK that it was built with\n  %-26s this text\n", "-V, --version",
              "-h, --help");
  std::printf(
      "\nSIGTERM and SIGINT finish the requests in hand and exit 0; a second one exits at once. SIGHUP (the terminal\n"
      "was closed) drains too, however often it comes; nohup keeps it away.\n");
}

}  // namespace

std::vector<std::string> default_endpoints() {
  const char* const named = std::getenv("ZEROWAY_CONNECT");
  std::vector<std::string> endpoints = split_list(named == nullptr ? "" : named);
  if (endpoints.empty()) endpoints.emplace_back("tcp://127.0.0.1:8000");
  return endpoints;
}

WorkerOptions WorkerOptions::parse(const std::vector<std::string>& arguments, const WorkerOptions& defaults) {
  WorkerOptions options = defaults;
  read_environment(options);
  bool has_name = false, has_endpoints = false, has_routes = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::string name = arguments[i];
    if (!name.starts_with('-')) {
      if (has_name) refuse("argument", name, "one NAME is all there is besides options");
      has_name = true;
      options.name = name;
      continue;
    }
    const std::size_t equals = name.starts_with("--") ? name.find('=') : std::string::npos;
    std::string value = equals == std::string::npos ? "" : name.substr(equals + 1);
    name.resize(std::min(equals, name.size()));
    const Option* const option = find_option(name);
    if (option == nullptr) refuse("option", name, "there is no such option (--help lists them)");
    if (option->value == nullptr && equals != std::string::npos) refuse(name, value, "it takes no value");
    if (option->value != nullptr && equals == std::string::npos) {
      if (i + 1 == arguments.size()) refuse(name, option->value, "the value is missing");
      value = arguments[++i];
    }
    if (name == "--connect" && !std::exchange(has_endpoints, true)) options.connect.clear();
    if (name == "--route" && !std::exchange(has_routes, true)) options.routes.clear();
    option->read(options, name, value);
  }
  if (options.connect.empty()) options.connect = default_endpoints();
  options.check();
  return options;
}

WorkerOptions WorkerOptions::from_command_line(int argc, char** argv, const WorkerOptions& defaults) {
  const std::string_view program = argc > 0 ? argv[0] : "worker";
  std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  const auto is_given = [&](std::string_view word, std::string_view letter) {
    return std::any_of(arguments.begin(), arguments.end(),
                       [&](const std::string& text) { return text == word || text == letter; });
  };
  if (is_given("--help", "-h")) {
    print_manual(argv[0]);
    std::exit(0);
  }
  if (is_given("--version", "-V")) {
    std::printf("%s (Zeroway worker SDK " ZEROWAY_VERSION ")\n", std::string(file_name(program)).c_str());
    std::exit(0);
  }
  try {
    return parse(arguments, defaults);
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "%s: %s\n", std::string(program).c_str(), error.what());
    std::exit(2);
  }
}

WorkerOptions WorkerOptions::from_command_line(int argc, char** argv) {
  WorkerOptions defaults;
  const std::string_view program = argc > 0 ? argv[0] : "";
  if (!file_name(program).empty()) defaults.name = file_name(program);
  return from_command_line(argc, argv, defaults);
}

void WorkerOptions::check() const {
  const auto is_visible = [](char c) { return c > 0x20 && c < 0x7f; };
  if (name.empty() || name.size() > kMaxNameLength || !std::all_of(name.begin(), name.end(), is_visible))
    refuse("NAME", '"' + name + '"', "must be 1 to " + std::to_string(kMaxNameLength) + " visible ASCII characters");
  for (const std::string& endpoint : connect)
    if (!service_name(endpoint) && !steer_endpoint(endpoint))
      refuse("--connect", endpoint, "must be tcp://HOST:PORT with a port of 1 to 65534, srv://NAME, or ipc://PATH");
  if (weight < 1 || weight > kMaxWeight) refuse("--weight", std::to_string(weight), range(1, kMaxWeight));
  if (capacity < 1 || capacity > kMaxCapacity) refuse("--capacity", std::to_string(capacity), range(1, kMaxCapacity));
  if (threads < 1 || threads > kMaxThreads) refuse("--threads", std::to_string(threads), range(1, kMaxThreads));
  if (max_body < 1 || max_body > kMostOfMaxBody)
    refuse("--max-body", std::to_string(max_body), range(1, kMostOfMaxBody));
  if (drain_timeout < std::chrono::milliseconds(0) || drain_timeout > kMaxDrain)
    refuse("--drain-timeout", std::to_string(drain_timeout.count()) + "ms", "must be 0 to 1d");
  if (routes.size() > kMaxRoutes) refuse("--route", std::to_string(routes.size()) + " times", range(0, kMaxRoutes));
  std::size_t hello_size = 1'024;  // without routes, and rounded up
  for (const ServedRoute& route : routes) {
    hello_size += route.host.size() + route.path.size() + 32;
    if (const auto claim = read_claim({route.host, route.path}); !claim)
      refuse("--route", route.host + route.path, claim.error().detail);
  }
  if (hello_size > kMaxControlSize)
    refuse("--route", std::to_string(routes.size()) + " times", "all of them together must be less than 64 KiB");
  if (!group.empty() && !is_group_name(group))
    refuse("--group", group, "must be 1 to " + std::to_string(kMaxGroupLength) + " of A-Z a-z 0-9 . _ -");
  if (!group.empty() && !routes.empty()) throw std::invalid_argument("--group and --route: give at most one");
  const auto slash = std::min(app.find('/'), app.size());
  const std::string_view session = std::string_view(app).substr(0, slash);
  const std::string_view service = std::string_view(app).substr(std::min(slash + 1, app.size()));
  if (!app.empty() && !(is_app_part(session) && is_app_part(service)))
    refuse("--app", app,
           "must be SESSION/SERVICE, each 1 to " + std::to_string(kMaxAppPart) + " of A-Z a-z 0-9 . _ ~ -");
  if (!app.empty() && !(group.empty() && routes.empty()))
    throw std::invalid_argument("--app, --group and --route: give at most one");
  if (key_file.empty() != router_key.empty()) throw std::invalid_argument("--key and --router-key: give both or none");
}

}  // namespace zeroway
