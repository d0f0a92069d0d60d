"""A worker that cannot join says why, once, with the endpoint that the user typed; when it has joined it says so."""
import json
import re
import socket
import threading
import time

import fabric_peer as f
import pytest
import zeroway_e2e as z
import zmq

AGAIN = '; it is dialled again and again'


def make_keys(stack, name):
    """The public key, and the file of the secret one."""
    public, secret = (key.decode() for key in zmq.curve_keypair())
    with open(stack.path(name), 'w') as file:
        file.write(secret + '\n')
    return public, stack.path(name)


class Listener:
    """Listens at a router's steer port and is none."""

    def __init__(self, port, answer):
        self.listener = socket.create_server(('127.0.0.1', port))
        self.answer = answer
        self.held = []
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while True:
            try:
                caller, _ = self.listener.accept()
            except OSError:
                return
            self.held.append(caller)
            if self.answer is not None:
                try:
                    caller.sendall(self.answer)
                    caller.recv(4096)
                except OSError:
                    pass
                caller.close()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()
        for caller in self.held:
            caller.close()


def steer_port(fabric):
    return int(fabric.rsplit(':', 1)[1]) + 1


def why(worker, fabric):
    """What it says about the endpoint, on a line of its own and not twice."""
    worker.wait_log(re.escape(fabric) + r': [^\n]*' + re.escape(AGAIN) + r'\n', 30)
    lines = re.findall(r'(?m)^[-\d]+ [.:\d]+ warning \S+: (.*)$', worker.log())
    assert len(lines) == 1, lines
    assert str(steer_port(fabric)) not in lines[0]
    return lines[0].removeprefix(fabric + ': ').removesuffix(AGAIN)


def test_nobody_listens(stack):
    fabric = stack.tcp()
    worker = stack.worker('w', connect=fabric)
    assert why(worker, fabric) == 'nobody listens there (Connection refused)'


@pytest.mark.parametrize('answer', [b'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n', b'', None],
                         ids=['http', 'a hang-up', 'silence'])
def test_something_that_is_no_router_answers(stack, answer):
    fabric = stack.tcp()
    stack.closing(Listener(steer_port(fabric), answer))
    worker = stack.worker('w', connect=fabric)
    assert why(worker, fabric) .startswith('the handshake fails: what listens there is no Zeroway router, or')


def test_a_router_that_never_welcomes_is_none(stack):
    fabric = stack.tcp()
    host = stack.closing(f.FabricHost(fabric))
    worker = stack.worker('w', connect=fabric)
    host.next(f.HELLO)
    assert why(worker, fabric) == 'what listens there is no Zeroway router: no WELCOME within 5 s'


def test_the_router_has_another_key(stack):
    fabric = stack.tcp()
    _, router_file = make_keys(stack, 'router.key')
    other, _ = make_keys(stack, 'other.key')
    _, own_file = make_keys(stack, 'worker.key')
    stack.router('--fabric-key', router_file, fabric=fabric)
    worker = stack.worker('w', '--key', own_file, '--router-key', other, connect=fabric)
    assert why(worker, fabric).startswith('the handshake fails: --router-key is not the key of the router there, or')


def test_the_router_does_not_allow_the_key(stack):
    fabric = stack.tcp()
    router_public, router_file = make_keys(stack, 'router.key')
    _, own_file = make_keys(stack, 'worker.key')
    with open(stack.path('allowed'), 'w') as file:
        file.write(zmq.curve_keypair()[0].decode() + '\n')
    stack.router('--fabric-key', router_file, '--fabric-allow', stack.path('allowed'), fabric=fabric)
    worker = stack.worker('w', '--key', own_file, '--router-key', router_public, connect=fabric)
    assert why(worker, fabric).startswith("the router there does not allow this worker's key")


@pytest.mark.parametrize('has_router_keys', [True, False], ids=['router', 'worker'])
def test_one_side_alone_has_keys(stack, has_router_keys):
    fabric = stack.tcp()
    public, secret_file = make_keys(stack, 'some.key')
    router_args = ['--fabric-key', secret_file] if has_router_keys else []
    worker_args = [] if has_router_keys else ['--key', secret_file, '--router-key', public]
    stack.router(*router_args, fabric=fabric)
    worker = stack.worker('w', *worker_args, connect=fabric)
    wanted = 'the router there wants keys' if has_router_keys else 'the fabric there is without keys'
    assert wanted in why(worker, fabric)  # alone, when this worker sees the difference before the router hangs up


def test_the_router_refuses(stack):
    fabric = stack.tcp()
    host = stack.closing(f.FabricHost(fabric))
    worker = stack.worker('w', connect=fabric)
    host.send(host.next(f.HELLO).via, f.frame(f.GOAWAY, 0, 0, bytes(4) + b'\0\0\0\x0a' + b'no more of you'))
    assert why(worker, fabric) == 'the router there refuses this worker: no more of you'


def test_the_wrong_half_of_a_pair_is_refused_at_the_start(stack):
    public, secret_file = make_keys(stack, 'worker.key')
    with open(stack.path('worker.pub'), 'w') as file:
        file.write(public + '\n')
    worker = stack.worker('w', '--key', stack.path('worker.pub'), '--router-key', public)
    assert worker.wait() == 2
    assert 'worker.pub is a public key' in worker.log()
    worker = stack.worker('w', '--key', secret_file, '--router-key', secret_file)
    assert worker.wait() == 2
    assert 'worker.key is a secret key' in worker.log()


def test_it_says_what_it_has_joined_and_that_it_is_back(stack):
    router = stack.router(flags='-s')
    worker = stack.worker('w', '--route', '/api', '--route', 'a.test/x')
    joined = r'info    w: joined router (router#[0-9a-f]{16}) at ' + re.escape(router.fabric) + r', serves /api/\*, a.test/x/\*\n'
    first = worker.wait_log(joined)
    router.kill()
    worker.wait_log('warning w: ' + re.escape(router.fabric) + ': nobody listens there')
    size = worker.log_size()
    stack.router(flags='-s')
    assert worker.wait_log(joined, since=size).group(1) != first.group(1)


def test_a_paused_worker_judges_nobody_by_that_time(stack):
    """Its connection stands afterwards: it has read what came meanwhile first."""
    fabric = stack.tcp()
    host = stack.closing(f.FabricHost(fabric))
    worker = stack.worker('w', connect=fabric)
    name = host.welcome(heartbeat_interval=250, heartbeat_timeout=3000)
    worker.freeze()
    z.eventually(worker.is_frozen)
    time.sleep(4)
    while host.got or host.steer.poll(0):
        host.next()  # its PINGs of before
    host.send(name, f.frame(f.PING, 0, 0, b'are you!'))
    worker.thaw()
    answer = host.next(f.PING)
    while not answer.flags & f.ACK:
        answer = host.next(f.PING)
    assert (answer.via, answer.payload) == (name, b'are you!')


def test_a_silent_router_is_given_up_and_dialled_anew(stack):
    fabric = stack.tcp()
    host = stack.closing(f.FabricHost(fabric))
    worker = stack.worker('w', connect=fabric)
    first = host.welcome(heartbeat_interval=100, heartbeat_timeout=500)
    assert host.next(f.PING).via == first  # asked before it is given up
    hello = host.next(f.HELLO)
    assert hello.via != first
    assert json.loads(hello.payload)['replaces'] == first.decode()
    worker.wait_log('is silent for 500 ms: it is dialled anew')
