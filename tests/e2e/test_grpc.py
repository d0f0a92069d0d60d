"""gRPC through the router, spoken by Debian's python3-grpcio over cleartext HTTP/2: all four kinds of calls, status and
details in trailers, deadlines, cancellation."""
import concurrent.futures
import os
import threading
import time

import grpc
import pytest
from zeroway_e2e import SLOW
import zeroway_e2e as z

PATIENCE = 20 * SLOW


class Echo:
    def __init__(self, port):
        self.channel = grpc.insecure_channel(f'127.0.0.1:{port}', options=[('grpc.enable_http_proxy', 0)])
        self.unary = self.channel.unary_unary('/echo.Echo/Unary')
        self.server_stream = self.channel.unary_stream('/echo.Echo/ServerStream')
        self.client_stream = self.channel.stream_unary('/echo.Echo/ClientStream')
        self.bidi = self.channel.stream_stream('/echo.Echo/Bidi')

    def close(self):
        self.channel.close()


@pytest.fixture
def served(stack):
    router = stack.router()
    worker = stack.worker('grpc-1', kind='grpc-worker')
    router.wait_workers(1)
    return router, worker, stack.closing(Echo(router.port))


def failure(call):
    with pytest.raises(grpc.RpcError) as caught:
        call()
    return caught.value


def test_unary(served):
    router, _, echo = served
    for message in [b'', b'hello', bytes(range(256)), os.urandom(3_000_000)]:
        assert echo.unary(message, timeout=PATIENCE) == message
    router.wait_idle()


def test_server_stream(served):
    _, _, echo = served
    answers = list(echo.server_stream(b'again', metadata=[('echo-count', '1000')], timeout=PATIENCE))
    assert answers == [b'again'] * 1000
    assert list(echo.server_stream(b'x', metadata=[('echo-count', '0')], timeout=PATIENCE)) == []


def test_client_stream(served):
    _, _, echo = served
    pieces = [os.urandom(1000) for _ in range(1000)]
    assert echo.client_stream(iter(pieces), timeout=PATIENCE) == b''.join(pieces)


def test_both_ways_in_turn(served):
    _, _, echo = served
    may_send = threading.Semaphore(1)

    def ask():
        for number in range(200):
            may_send.acquire()
            yield b'%d' % number

    seen = []
    for answer in echo.bidi(ask(), timeout=PATIENCE):
        seen.append(answer)
        may_send.release()  # the next is only sent when this has come back
    assert seen == [b'%d' % number for number in range(200)]


def test_a_thousand_calls_of_each_kind(served):
    router, worker, echo = served

    def call(number):
        message = b'%d' % number
        assert echo.unary(message, timeout=PATIENCE) == message
        assert list(echo.server_stream(message, metadata=[('echo-count', '3')], timeout=PATIENCE)) == [message] * 3
        assert echo.client_stream(iter([message] * 3), timeout=PATIENCE) == message * 3
        assert list(echo.bidi(iter([message] * 3), timeout=PATIENCE)) == [message] * 3
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        list(pool.map(call, range(1000)))
    router.wait_idle()
    assert worker.is_running()


def test_status_message_and_details_are_in_the_trailers(served):
    _, _, echo = served
    metadata = [('echo-status', '9'), ('echo-message', 'nicht%20%C3%A4hnlich%0a100%25'),
                ('echo-details-bin', b'\x08\x09\x00'), ('x-grpc-test-echo-initial', 'first'),
                ('x-grpc-test-echo-trailing-bin', b'\xab\xab')]
    error = failure(lambda: echo.unary(b'x', metadata=metadata, timeout=PATIENCE))
    assert error.code() == grpc.StatusCode.FAILED_PRECONDITION
    assert error.details() == 'nicht ähnlich\n100%'
    trailing = dict(error.trailing_metadata())
    assert trailing['grpc-status-details-bin'] == b'\x08\x09\x00'
    assert trailing['x-grpc-test-echo-trailing-bin'] == b'\xab\xab'
    assert dict(error.initial_metadata())['x-grpc-test-echo-initial'] == 'first'


def test_a_stream_may_fail_behind_its_messages(served):
    _, _, echo = served
    call = echo.server_stream(b'x', metadata=[('echo-count', '5'), ('echo-status', '14')], timeout=PATIENCE)
    seen = []

    def read():
        for one in call:
            seen.append(one)
    error = failure(read)
    assert seen == [b'x'] * 5
    assert error.code() == grpc.StatusCode.UNAVAILABLE


def test_unknown_methods_and_services_are_unimplemented(served):
    _, _, echo = served
    for path in ['/echo.Echo/Other', '/other.Service/Unary']:
        error = failure(lambda: echo.channel.unary_unary(path)(b'x', timeout=PATIENCE))
        assert error.code() == grpc.StatusCode.UNIMPLEMENTED


def test_too_large_a_message_is_resource_exhausted(served):
    _, _, echo = served
    error = failure(lambda: echo.unary(b'x' * (4 << 20) + b'x', timeout=PATIENCE))
    assert error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED


@pytest.mark.parametrize('kind', ['unary', 'bidi'])
def test_a_deadline_ends_the_call_at_the_worker_too(served, kind):
    router, worker, echo = served
    metadata = [('echo-delay-ms', '60000')]
    if kind == 'unary':
        error = failure(lambda: echo.unary(b'x', metadata=metadata, timeout=0.3))
    else:
        error = failure(lambda: list(echo.bidi(iter([b'x']), metadata=metadata, timeout=0.3)))
    assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    router.wait_idle()
    worker.terminate()  # it holds nothing any more: else this would take a minute
    assert worker.wait() == 0


class Healthy(threading.Thread):
    """A call of both ways, on the connection of all the others, that goes back and forth until it is told to end."""

    def __init__(self, echo):
        super().__init__()
        self.echo, self.is_over, self.answers, self.failed = echo, threading.Event(), 0, None
        self.may_send = threading.Semaphore(1)

    def ask(self):
        while not self.is_over.is_set():
            self.may_send.acquire()
            yield b'x'

    def run(self):
        try:
            for _ in self.echo.bidi(self.ask(), timeout=3 * PATIENCE):
                self.answers += 1
                time.sleep(0.005)
                self.may_send.release()
        except grpc.RpcError as error:
            self.failed = error

    def __enter__(self):
        self.start()
        z.eventually(lambda: self.answers > 0 or self.failed, what='the first answer')
        return self

    def __exit__(self, *_):
        before = self.answers
        z.eventually(lambda: self.answers > before or self.failed, what='one answer more')
        self.is_over.set()
        self.may_send.release()
        self.join()
        assert self.failed is None, self.failed


SLOW_METHOD = [('echo-delay-ms', '500')]


def test_deadlines_that_expire_all_at_once_end_nothing_else(served):
    router, _, echo = served
    with Healthy(echo):
        for calls in (500, 500, 2_000):
            ends = [echo.unary.future(b'x', metadata=SLOW_METHOD, timeout=0.05) for _ in range(calls)]
            assert {end.code() for end in ends} == {grpc.StatusCode.DEADLINE_EXCEEDED}
    assert 'connection closed:' not in router.log()
    router.wait_idle()


@pytest.mark.parametrize('threads', [40, 200])
def test_deadlines_that_expire_again_and_again_end_nothing_else(served, threads):
    """200 is more than the streams of a connection: calls that wait for one are begun when their time is over."""
    router, _, echo = served
    until = time.monotonic() + 3

    def call(_):
        calls = 0
        while time.monotonic() < until:
            error = failure(lambda: echo.unary(b'x', metadata=SLOW_METHOD, timeout=0.02))
            assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED
            calls += 1
        return calls
    with Healthy(echo), concurrent.futures.ThreadPoolExecutor(threads) as pool:
        print(sum(pool.map(call, range(threads))), 'calls')
    assert 'connection closed:' not in router.log()
    router.wait_idle()


def test_a_deadline_is_kept_by_the_worker_itself(served):
    """Said by hand, by a client that would wait for ever."""
    router, _, _ = served
    reply = router.request('POST', '/echo.Echo/Unary', body=b'\0\0\0\0\1x', headers=[
        ('content-type', 'application/grpc'), ('te', 'trailers'), ('grpc-timeout', '300m'), ('echo-delay-ms', '60000')])
    assert reply.status == 200
    assert dict(reply.trailers)['grpc-status'] == '4'


def test_cancellation_reaches_the_worker(served):
    router, worker, echo = served
    call = echo.bidi(iter(lambda: time.sleep(0.05) or b'x', None))  # without end, and not as a flood
    assert next(call) == b'x'
    assert router.counters()['streams_open'] == 1
    call.cancel()
    router.wait_idle()
    worker.terminate()
    assert worker.wait() == 0


def test_a_killed_worker_is_an_error_and_the_next_call_is_served(stack, served):
    router, worker, echo = served
    call = echo.server_stream(b'x', metadata=[('echo-delay-ms', '50'), ('echo-count', '10000')], timeout=PATIENCE)
    assert next(call) == b'x'
    worker.kill()
    error = failure(lambda: list(call))
    assert error.code() in (grpc.StatusCode.INTERNAL, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED,
                            grpc.StatusCode.UNKNOWN)
    stack.worker('grpc-2', kind='grpc-worker')
    router.wait_workers(1)
    assert echo.unary(b'y', timeout=PATIENCE) == b'y'


def test_what_is_no_grpc_is_refused(served):
    router, _, _ = served
    assert router.request('POST', '/echo.Echo/Unary', body=b'x').status == 415
