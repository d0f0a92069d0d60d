#include "router/acme/trust_text.h"

namespace zeroway {

std::string trust_text(const std::string& root_file) {
  return "The root of the local authority, which sites with auto_cert = \"internal\" need, is\n"
         "  " +
         root_file +
         "\n"
         "Programs on other machines need a copy of this file, and nothing else of its folder: whoever has root.key\n"
         "can sign for any name.\n"
         "\n"
         "Debian, Ubuntu\n"
         "  sudo cp " +
         root_file +
         " /usr/local/share/ca-certificates/zeroway-local.crt\n"
         "  sudo update-ca-certificates\n"
         "Fedora, Red Hat\n"
         "  sudo cp " +
         root_file +
         " /etc/pki/ca-trust/source/anchors/zeroway-local.crt\n"
         "  sudo update-ca-trust\n"
         "macOS\n"
         "  sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain root.crt\n"
         "Windows, as administrator\n"
         "  certutil -addstore -f ROOT root.crt\n"
         "Firefox, which has a list of its own\n"
         "  Settings, Privacy & Security, View Certificates, Authorities, Import; or set\n"
         "  security.enterprise_roots.enabled in about:config\n"
         "Chromium on Linux (package libnss3-tools)\n"
         "  certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n zeroway-local -i " +
         root_file +
         "\n"
         "One program\n"
         "  curl --cacert " +
         root_file + " https://SITE/\n";
}

}  // namespace zeroway
