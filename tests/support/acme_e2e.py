"""An ACME authority for tests (Debian's pebble), and sites whose certificates the router orders from it.

Owner: a test.   Thread: any.
Names end in .test; the authority's own name server says that all of them are 127.0.0.1.
Not here: processes (zeroway_e2e.py), the file's sites (sites_e2e.py), checks (tests/e2e/test_acme_*.py).
"""
import hashlib
import json
import os
import socket
import ssl
import subprocess
import time
import urllib.request

import sites_e2e as s
import tls_e2e
import zeroway_e2e as z


class Pebble:
    """An authority that validates at these ports. Its `life` is that of its certificates, in seconds. `accounts`: the
    keys (base64url) by which it knows who may have an account; None = everybody may."""

    def __init__(self, stack, http_port, tls_port, refused_nonces=5, life=None, accounts=None):
        self.stack = stack
        self.port, self.management, names = z.free_port(), z.free_port(), z.free_port()
        self.url = f'https://127.0.0.1:{self.port}/dir'
        own = tls_e2e.Authority(stack, 'pebble')
        certificate, key = own.make('localhost', '127.0.0.1')
        self.ca_file = own.ca
        said = {'listenAddress': f'127.0.0.1:{self.port}', 'managementListenAddress': f'127.0.0.1:{self.management}',
                'certificate': certificate, 'privateKey': key, 'httpPort': http_port, 'tlsPort': tls_port}
        if life:
            said['certificateValidityPeriod'] = life
        if accounts:
            said |= {'externalAccountBindingRequired': True, 'externalAccountMACKeys': accounts}
        with open(stack.path('pebble.json'), 'w') as file:
            json.dump({'pebble': said}, file)
        stack.start(['pebble-challtestsrv', '-http01', '', '-https01', '', '-tlsalpn01', '', '-defaultIPv6', '',
                     '-dns01', f'127.0.0.1:{names}', '-management', f'127.0.0.1:{z.free_port()}'])
        self.names = names
        self.refused_nonces = refused_nonces
        self.process = None
        self.start()

    def start(self):
        self.process = self.stack.start(
            ['pebble', '-config', self.stack.path('pebble.json'), '-dnsserver', f'127.0.0.1:{self.names}'],
            env={'PEBBLE_VA_NOSLEEP': '1', 'PEBBLE_WFE_NONCEREJECT': str(self.refused_nonces)})
        z.eventually(lambda: can_connect(self.port) and can_connect(self.management), 3 * z.PATIENCE,
                     what='pebble to listen')
        context = ssl.create_default_context(cafile=self.ca_file)
        with urllib.request.urlopen(f'https://127.0.0.1:{self.management}/roots/0', context=context,
                                    timeout=z.PATIENCE) as reply:
            self.roots = reply.read().decode()
        with urllib.request.urlopen(f'https://127.0.0.1:{self.management}/intermediates/0', context=context,
                                    timeout=z.PATIENCE) as reply:
            self.roots += reply.read().decode()

    def acme(self, more=''):
        """The table [acme] of a file."""
        return f'[acme]\nemail = "a@b.test"\ndirectory_url = "{self.url}"\nca_file = "{self.ca_file}"\n{more}\n'


def can_connect(port):
    with socket.socket() as probe:
        probe.settimeout(z.PATIENCE)
        return probe.connect_ex(('127.0.0.1', port)) == 0


def secure_site(port, *hosts, name='secure', auto='true', more=''):
    others = ', '.join(f'"{host}"' for host in hosts[1:])
    return (s.site(port, hosts[0], name, f'hostnames = [{others}]') + f'[sites.ssl]\nenabled = true\n'
            f'auto_cert = {auto}\n{more}\n')


def plain_site(port, host='other.test', more=''):
    return s.site(port, host, 'plain', more)


def certificate_of(port, name, roots=None, timeout=z.PATIENCE):
    """The certificate that a client which trusts `roots` gets; None when it trusts it not. Without roots: any."""
    context = ssl.create_default_context(cadata=roots) if roots else ssl._create_unverified_context()
    try:
        with socket.create_connection(('127.0.0.1', port), timeout) as plain, \
                context.wrap_socket(plain, server_hostname=name) as secure:
            return secure.getpeercert(binary_form=True)
    except ssl.SSLCertVerificationError:
        return None


def folder_of(state, directory_url):
    """Where the router keeps the certificates of an authority (router/plan/certificate_spec.h)."""
    plain = 'abcdefghijklmnopqrstuvwxyz0123456789.-'
    bare = directory_url.removeprefix('https://')
    return os.path.join(state, 'acme', ''.join(char if char in plain else f'%{ord(char):02X}' for char in bare))


def store(stack, folder, name, since, until):
    """Puts a certificate of that life into the router's folder, as if it had been ordered. Times are seconds from now."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    work = stack.path(f'made-{name}')
    os.mkdir(work)

    def at(seconds):
        return time.strftime('%y%m%d%H%M%SZ', time.gmtime(time.time() + seconds))
    with open(f'{work}/ca.conf', 'w') as file:
        file.write(f'[ca]\ndefault_ca = d\n[d]\ndatabase = {work}/index\nnew_certs_dir = {work}\ndefault_md = sha256\n'
                   f'serial = {work}/serial\npolicy = p\nx509_extensions = e\n[p]\ncommonName = supplied\n[e]\nsubjectAltName = DNS:{name}\n')
    for file_name, text in (('index', ''), ('serial', '01\n')):
        with open(f'{work}/{file_name}', 'w') as file:
            file.write(text)
    for words in (f'req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {work}/key -out {work}/csr '
                  f'-subj /CN={name}',
                  f'ca -batch -config {work}/ca.conf -selfsign -keyfile {work}/key -in {work}/csr -notext '
                  f'-out {work}/crt -startdate {at(since)} -enddate {at(until)}'):
        subprocess.run(['openssl', *words.split()], check=True, capture_output=True)
    with open(os.path.join(folder, f'{name}.pem'), 'w') as file:
        for part in ('key', 'crt'):
            with open(f'{work}/{part}') as made:
                file.write(made.read())


def mark_of(certificate):
    return hashlib.sha256(certificate).hexdigest()[:16]


def get(port, host, path, method='GET'):
    """The reply over HTTP/1.1 without TLS."""
    with z.Connection(port) as connection:
        connection.send(connection.head_bytes(method, path, [], host))
        return connection.read_reply(method)


def wait_for(router, port, name, authority, within=z.PATIENCE):
    """The certificate of the authority, once it is served. The router's log says why when it is not."""
    found = z.eventually(lambda: certificate_of(port, name, authority.roots), within,
                         what=f'a certificate for {name}:\n{router.log()[-2_000:]}')
    return mark_of(found)


def files_below(folder):
    return sorted(os.path.join(at, file) for at, _, files in os.walk(folder) for file in files)
