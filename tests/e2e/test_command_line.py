"""The router's command line: short flags, help, and errors that say what to do (Z 2)."""
import re
import signal
import subprocess

import pytest
import zeroway_e2e as z


def run(*args):
    return subprocess.run([z.program('router'), *map(str, args)], capture_output=True, text=True, timeout=20 * z.SLOW)


def test_the_flags_of_old_are_accepted_and_logs_go_to_stdout(stack):
    fabric = stack.ipc()
    port = z.free_port()
    with open(stack.path('out'), 'w') as out, open(stack.path('err'), 'w') as err:
        child = subprocess.Popen([z.program('router'), '-sv', '-p', str(port), '--fabric', fabric], stdout=out, stderr=err)
    try:
        z.eventually(lambda: str(port) in open(stack.path('out')).read())
        stack.worker('worker-1')
        with z.Connection(port) as connection:
            assert connection.request().status == 200
        assert open(stack.path('err')).read() == ''
        child.send_signal(signal.SIGTERM)
        assert child.wait(z.PATIENCE) == 0
    finally:
        child.kill()
        child.wait()


def test_help_names_every_option(stack):
    done = run('-h')
    assert done.returncode == 0
    for option in ('-s', '-v', '-p', '-a', '--fabric', '--threads', '--balance', '--queue-timeout', '--queue-limit',
                   '--retries', '--drain-timeout', '--access-log', '--access-log-format', '--trusted-proxy',
                   '--no-worker-header', '--fabric-key', '--fabric-allow', '--fabric-insecure'):
        assert option in done.stdout, option
    assert '--first-stream-id' not in done.stdout


@pytest.mark.parametrize('option, value', [
    ('-p', '70000'), ('-p', 'http'), ('--threads', '0'), ('--balance', 'random'), ('--queue-timeout', 'soon'),
    ('--queue-limit', '-1'), ('--retries', 'x'), ('--drain-timeout', '5 parsecs'), ('--access-log-format', 'xml'),
    ('--trusted-proxy', '300.0.0.0/8'), ('--fabric', 'udp://nowhere'), ('-a', 'not an address')])
def test_a_wrong_value_names_the_option_and_the_value(option, value):
    done = run(option, value)
    assert done.returncode == 2
    long_names = {'-p': 'port', '-a': 'address'}
    assert long_names.get(option, option) in done.stdout + done.stderr
    assert value in done.stdout + done.stderr


def test_an_unknown_option_is_an_error():
    done = run('--no-such-thing')
    assert done.returncode == 2
    assert '--no-such-thing' in done.stdout + done.stderr


def test_a_taken_port_is_named(stack):
    router = stack.router()
    done = run('-p', router.port, '-a', '127.0.0.1', '--fabric', stack.ipc('other'))
    assert done.returncode not in (0, 2)
    assert str(router.port) in done.stdout + done.stderr


@pytest.mark.parametrize('transport', ['tcp', 'ipc'])
def test_a_taken_fabric_is_named(stack, transport):
    fabric = stack.tcp() if transport == 'tcp' else stack.ipc()
    stack.router(fabric=fabric)
    done = run('-p', '0', '-a', '127.0.0.1', '--fabric', fabric)
    assert done.returncode not in (0, 2)
    if transport == 'tcp':
        port = int(fabric.split(':')[-1])
        assert str(port) in done.stdout + done.stderr or str(port + 1) in done.stdout + done.stderr
    else:
        assert fabric in done.stdout + done.stderr


def test_a_fabric_does_not_take_the_place_of_a_file(stack):
    for at, suffix in (('deal', ''), ('steer', '.steer')):
        fabric = stack.ipc(at)
        path = fabric.removeprefix('ipc://') + suffix
        with open(path, 'w') as file:
            file.write('precious')
        done = run('-p', '0', '-a', '127.0.0.1', '--fabric', fabric)
        assert done.returncode == 1
        assert path in done.stderr and 'no socket' in done.stderr
        assert open(path).read() == 'precious'


def test_a_fabric_at_a_name_is_told_to_want_an_address():
    done = run('-p', '0', '--fabric', 'tcp://no-such-interface:8000', '--fabric-insecure')
    assert done.returncode == 1
    assert 'tcp://no-such-interface:8001: neither an address nor an interface' in done.stderr


def test_a_fabric_beyond_loopback_needs_keys(stack):
    fabric = stack.tcp().replace('127.0.0.1', '0.0.0.0')
    done = run('-p', '0', '--fabric', fabric)
    assert done.returncode not in (0,)
    assert '--fabric-insecure' in done.stdout + done.stderr and '--fabric-key' in done.stdout + done.stderr


def test_a_worker_tells_its_version():
    for flag in ('-V', '--version'):
        told = subprocess.run([z.program('hello-worker'), flag], capture_output=True, text=True, timeout=z.PATIENCE)
        assert told.returncode == 0 and re.fullmatch(r'hello-worker \(Zeroway worker SDK \d+\.\d+\.\d+\)\n', told.stdout)
