"""A signal is understood as soon as anybody can connect: it never ends a router that is about to serve."""
import os
import shutil
import signal

import tls_e2e as tls
import zeroway_e2e as z

CERTIFICATES = 400  # to read them takes a while, after the port for cleartext is open


def test_a_signal_right_after_the_port_is_open(stack):
    folder = stack.path('pairs')
    os.mkdir(folder)
    for file in tls.Authority(stack).make('localhost'):
        for number in range(CERTIFICATES):
            shutil.copy(file, os.path.join(folder, f'{number}{os.path.splitext(file)[1]}'))
    router = stack.router('--tls-dir', folder, '--tls-port', 0, '--queue-timeout', '100ms', port=z.free_port())
    router.signal(signal.SIGHUP)
    router.wait_log('serving http')
    router.wait_log('SIGHUP: ')
    assert router.get().status == 503
