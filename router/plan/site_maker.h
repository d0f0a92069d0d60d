// Makes the sites of a file: their routes, the backends that the routes need, and the listeners that they share.
//
// Owner: make_plan(), on its stack.   Thread: any.
// Errors and warnings are gathered, and the making goes on, so that one look shows all of them.
// Not here: the sites of a plan without a file (plan/make_plan.cpp).
#pragma once
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "router/plan/access_maker.h"
#include "router/plan/make_plan.h"

namespace zeroway {

class SiteMaker {
 public:
  SiteMaker(const Settings& settings, const ReadFile& read_file, Plan& plan, PlanMaking& making)
      : settings_(settings), file_(file_of(settings)), read_file_(read_file), plan_(plan), making_(making) {}

  void add(const SiteSettings& said);
  void add_tcp(const TcpSettings& said);
  // The site of the management listener, with or without a file; call it once.
  void add_management(const ManagementSettings& said);
  // After the last site: what needs to know all of them.
  void finish();

 private:
  // One site while it is made.
  struct Made {
    const SiteSettings* said;
    Site* site;
  };

  // Its defaults, when there is no file.
  [[nodiscard]] static const FileSettings& file_of(const Settings& settings);
  [[nodiscard]] std::string token_of(const ManagementSettings& said);
  void add_listeners(Made made);
  void share_certificate_fields();
  void add_ports();
  [[nodiscard]] std::size_t first_listener_of(const SiteSettings& said) const;
  ListenerSpec& listener_at(const ListenAddress& where, Made made);
  void add_names(ListenerSpec& listener, Made made);
  [[nodiscard]] Made default_of(const ListenerSpec& listener) const;
  [[nodiscard]] std::vector<TlsFiles> certificates_of(const SiteSettings& said);
  [[nodiscard]] static RawSocketSpec raw_socket_of(const SiteSettings& said);
  void add_tls(ListenerSpec& listener, const SiteSettings& said);
  void add_route(Made made, const RouteSettings& said, AccessMaker& access);
  void serve_wamp(Route& route, const RouteSettings& said);
  void add_workers(Made made);
  void add_circuits(Made made, AccessMaker& access);
  void add_files(Made made);
  [[nodiscard]] Route& new_files_route(Made made, std::string path, FilesSpec spec);
  void add_archive(Made made, const ArchiveSettings& said);
  void add_folder(Made made, const FolderSettings& said);
  void add_page(Made made, const std::string& path, FilePlace place, PageSpec spec);
  void add_pages(Made made);
  // Makes `route` that of its path and all below it; an error when another route has the path.
  void place(Made made, Route& route, FilePlace where, const std::string& what);
  void add_health(Made made, AccessMaker& access);
  void add_redirect_to_https(Made made);
  [[nodiscard]] AccessMaker access_of(const SiteSettings& said);
  [[nodiscard]] std::uint16_t https_port_of(const SiteSettings& said) const;
  void add_error_pages(Made made);
  void add_reply_fields(Made made);
  void refuse_unclear_paths(const Site& site);
  void add_log(Made made);

  // A backend that joins WebSockets to the tunnels of `inner`.
  [[nodiscard]] std::size_t tunnelled(std::size_t inner);
  [[nodiscard]] Route& new_route(Made made, std::string path, const ClientTerms& terms);
  [[nodiscard]] std::string canonical(const std::string& path, FilePlace place, const std::string& what);
  void read_redirect(Route& route, const RouteSettings& said);
  // The index of a backend that is as `spec` says; equal ones are one backend.
  [[nodiscard]] std::size_t backend_of(BackendSpec spec);
  [[nodiscard]] std::size_t backend_of(const SiteSettings& site, const RouteSettings& route);
  // The index of a backend that codes the replies of `inner`; `inner` itself without compression.
  [[nodiscard]] std::size_t coded(std::size_t inner, const CompressionSettings& said);
  // The rules of the pool, without its servers.
  [[nodiscard]] PoolSpec pool_of(const SiteSettings& site, const RouteSettings& route);
  void add_changes(const ForwardingSettings& said, Route& route);
  [[nodiscard]] FieldTemplate read_value(const FieldRule& rule);
  void error(FilePlace place, const std::string& text);

  const Settings& settings_;
  const FileSettings& file_;
  const ReadFile& read_file_;
  Plan& plan_;
  PlanMaking& making_;
  std::vector<Made> sites_;
  std::deque<SiteSettings> services_;      // of TCP, as sites
  SiteSettings management_;                // of which `sites_` knows, too
  std::set<const Route*> passes_slashes_;  // routes that say so themselves
};

}  // namespace zeroway
