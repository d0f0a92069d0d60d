"""TLS for the end-to-end tests: certificates, routers with TLS, clients by Python's ssl and by openssl.

Owner: a test.   Thread: any.
Not here: processes (zeroway_e2e.py), checks (tests/e2e/test_tls_*.py).
"""
import os
import re
import ssl
import subprocess

import zeroway_e2e as z


class Authority:
    """A certificate authority and the certificates that it signs, in one folder."""

    def __init__(self, stack, name='authority'):
        self.folder = stack.path(name)
        self.ca = os.path.join(self.folder, 'ca.crt')

    def make(self, *names, kind='ecdsa', client=None):
        """The paths (certificate, key) of a new certificate for the names, or for a client."""
        env = {**os.environ, 'KIND': kind, **({'CLIENT': client} if client else {})}
        done = subprocess.run([os.path.join(z.ROOT, 'tools', 'dev-cert'), self.folder, *names], env=env,
                              capture_output=True, text=True, check=True)
        return done.stdout.split()


def options_of(*pairs):
    """The router's options for pairs of certificate and key."""
    return [word for certificate, key in pairs for word in ('--tls-cert', certificate, '--tls-key', key)]


def router_of(stack, *options, **more):
    """A router with an HTTPS port, its member `tls_port`."""
    router = stack.router('--tls-port', '0', *options, **more)
    router.tls_port = int(router.wait_log(r'https://[^\s;]*?:(\d+)\b').group(1))
    return router


def start(stack, *more, workers=1, loops=1, kind='httpbin-worker'):
    """An authority, and a router for localhost with workers that every loop of the router has counted."""
    authority = Authority(stack)
    router = router_of(stack, *options_of(authority.make('localhost', '127.0.0.1')), '--threads', loops, *more)
    for number in range(workers):
        stack.worker(f'worker-{number + 1}', kind=kind)
    return authority, router.wait_workers(workers * loops)


class Client(z.Connection):
    """A Connection over TLS that checks the router's certificate."""

    def __init__(self, router, authority, name='localhost', timeout=z.PATIENCE, context=None, session=None, certificate=None,
                 **options):
        super().__init__(router.tls_port, timeout * z.SLOW, **options)
        if context is None:
            context = ssl.create_default_context(cafile=authority.ca)
            if certificate:
                context.load_cert_chain(*certificate)
        context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF  # an end without close_notify is an error
        self.context = context
        try:
            self.socket = context.wrap_socket(self.socket, server_hostname=name, session=session,
                                              suppress_ragged_eofs=False)
        except BaseException:
            self.socket.close()
            raise

    def serial(self):
        return self.socket.getpeercert()['serialNumber']

    def names(self):
        return [name for _, name in self.socket.getpeercert()['subjectAltName']]


def s_client(router, *words, say=b'', within=z.PATIENCE):
    """The output of `openssl s_client`."""
    return subprocess.run(['openssl', 's_client', '-connect', f'127.0.0.1:{router.tls_port}', *words], input=say,
                          capture_output=True, timeout=within * z.SLOW).stdout.decode('utf-8', 'replace')


def found(pattern, text):
    match = re.search(pattern, text, re.MULTILINE)
    return match.group(1) if match else None
