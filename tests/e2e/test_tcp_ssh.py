"""OpenSSH through the router: a TCP port, TLS with a name, a WebSocket; and 1 GiB by scp (ZEROWAY_LONG=1)."""
import getpass
import hashlib
import os
import subprocess
import sys

import pytest
import sites_e2e as s
import tcp_e2e as t
import tls_e2e
import zeroway_e2e as z

SSHD = '/usr/sbin/sshd'
PIPE = os.path.join(z.ROOT, 'tests', 'support', 'websocket_pipe.py')

CONFIG = '''Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
PidFile {folder}/sshd.pid
AuthorizedKeysFile {folder}/user.pub
PasswordAuthentication no
UsePAM no
StrictModes no
MaxStartups 100
Subsystem sftp internal-sftp
'''


class Ssh:
    """Debian's sshd on a free port, with keys of its own, and its clients."""

    def __init__(self, stack):
        self.folder = stack.path('ssh')
        os.mkdir(self.folder, 0o700)
        for name in ('host', 'user'):
            subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', f'{self.folder}/{name}'], check=True)
        self.port = z.free_port()
        self.address = f'127.0.0.1:{self.port}'
        with open(f'{self.folder}/sshd_config', 'w') as file:
            file.write(CONFIG.format(port=self.port, folder=self.folder))
        if os.geteuid() == 0:
            os.makedirs('/run/sshd', mode=0o755, exist_ok=True)
        self.process = stack.start([SSHD, '-D', '-e', '-f', f'{self.folder}/sshd_config'], name='sshd')
        self.process.wait_log('Server listening')

    def options(self, port, command=None):
        words = ['-i', f'{self.folder}/user', '-o', f'UserKnownHostsFile={self.folder}/known', '-o',
                 'StrictHostKeyChecking=no', '-o', 'BatchMode=yes', '-o', 'LogLevel=ERROR', '-F', '/dev/null']
        return words + (['-o', f'ProxyCommand={command}'] if command else ['-o', f'Port={port}'])

    def run(self, words, port=0, command=None, data=b''):
        done = subprocess.run(['ssh', *self.options(port, command), f'{getpass.getuser()}@127.0.0.1', *words], input=data,
                              capture_output=True, timeout=60 * z.SLOW)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def copy(self, source, target, port=0, command=None, within=60):
        done = subprocess.run(['scp', '-q', *self.options(port, command), source,
                               f'{getpass.getuser()}@127.0.0.1:{target}'], capture_output=True, timeout=within * z.SLOW)
        assert done.returncode == 0, done.stderr


@pytest.fixture
def ssh(stack):
    if not os.path.exists(SSHD):
        pytest.fail('openssh-server is missing: tools/deps test')
    return Ssh(stack)


def file_of(stack, size, name='source'):
    path = stack.path(name)
    with open(path, 'wb') as file:
        for _ in range(max(1, size >> 20)):
            file.write(os.urandom(min(size, 1 << 20)))
    return path


def digest_of(path):
    heard = hashlib.sha256()
    with open(path, 'rb') as file:
        while piece := file.read(1 << 20):
            heard.update(piece)
    return heard.hexdigest()


def check_ssh_and_scp(stack, ssh, **way):
    assert ssh.run(['echo', 'hello'], **way) == b'hello\n'
    data = os.urandom(2_000_000)
    assert ssh.run(['cat'], data=data, **way) == data  # half-close: cat ends when its input does
    source, target = file_of(stack, 8 << 20), stack.path('target')
    ssh.copy(source, target, **way)
    assert digest_of(source) == digest_of(target)


def test_through_a_tcp_port(stack, ssh):
    router = t.front(stack, [ssh])
    check_ssh_and_scp(stack, ssh, port=router.port)
    router.wait_idle()


def test_through_tls_with_a_name(stack, ssh):
    authority = tls_e2e.Authority(stack)
    pair = authority.make('ssh.test')
    port = z.free_port()
    router = t.serve(stack, t.service(port, [ssh], more='hostnames = ["ssh.test"]\n[tcp.ssl]\nenabled = true\n'
                                      f'cert_file = "{pair[0]}"\nkey_file = "{pair[1]}"'), port)
    command = (f'openssl s_client -quiet -verify_quiet -verify_return_error -CAfile {authority.ca} '
               f'-servername ssh.test -connect 127.0.0.1:{port}')
    check_ssh_and_scp(stack, ssh, command=command)
    router.wait_idle()


def test_through_a_websocket(stack, ssh):
    port = z.free_port()
    router = s.serve(stack, s.site(port) + '[sites.proxy]\nenabled = true\n' + s.pool(f'tcp://{ssh.address}', name='ssh')
                     + s.route('/ssh', 'ssh', 'tunnel = true'), port)
    check_ssh_and_scp(stack, ssh, command=f'{sys.executable} {PIPE} ws://127.0.0.1:{port}/ssh')
    router.wait_idle()


@pytest.mark.skipif('ZEROWAY_LONG' not in os.environ, reason='1 GiB; ZEROWAY_LONG=1 runs it')
def test_a_gibibyte_by_scp(stack, ssh):
    router = t.front(stack, [ssh])
    ssh.run(['true'], port=router.port)
    before = router.rss()
    router.forget_peak()
    source, target = file_of(stack, 1 << 30), stack.path('target')
    ssh.copy(source, target, port=router.port, within=600)
    assert digest_of(source) == digest_of(target)
    growth = router.peak_rss() - before
    print(f'1 GiB by scp: the router grew by {growth >> 10} KiB')
    assert growth < 16 << 20
