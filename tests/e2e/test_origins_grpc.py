"""gRPC through the router to a gRPC server over cleartext HTTP/2, both by Debian's python3-grpcio."""
import concurrent.futures
import threading
import time

import grpc
import origin_fleet as o
import pytest
import zeroway_e2e as z

PATIENCE = z.PATIENCE * z.SLOW
READ = 1.0 * z.SLOW


class EchoServer:
    """`has_begun`, `cancelled`: set when a call of the method Wait has begun, and when it was cancelled."""

    def __init__(self):
        self.has_begun, self.cancelled = threading.Event(), threading.Event()
        methods = {
            'Unary': grpc.unary_unary_rpc_method_handler(self.unary),
            'ServerStream': grpc.unary_stream_rpc_method_handler(lambda message, context: iter([message] * 1000)),
            'ClientStream': grpc.stream_unary_rpc_method_handler(lambda messages, context: b''.join(messages)),
            'Bidi': grpc.stream_stream_rpc_method_handler(lambda messages, context: (one for one in messages)),
            'Wait': grpc.unary_unary_rpc_method_handler(self.wait),
            'Quiet': grpc.stream_stream_rpc_method_handler(self.quiet),
        }
        self.server = grpc.server(concurrent.futures.ThreadPoolExecutor(64))
        self.server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler('echo.Echo', methods)])
        self.port = self.server.add_insecure_port('127.0.0.1:0')
        self.server.start()

    @property
    def url(self):
        return f'h2c://127.0.0.1:{self.port}'

    @staticmethod
    def unary(message, context):
        asked = dict(context.invocation_metadata())
        context.send_initial_metadata((('x-initial', asked.get('x-own', 'none')),))
        context.set_trailing_metadata((('x-trailing-bin', b'\xab\x00'),))
        if message == b'fail':
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, 'nicht ähnlich\n100%')
        return message

    def wait(self, message, context):
        context.add_callback(self.cancelled.set)
        self.has_begun.set()
        self.cancelled.wait(3 * PATIENCE)
        return b''

    @staticmethod
    def quiet(messages, context):
        """Answers the first message at once, and the second after some time of silence."""
        for number, message in enumerate(messages):
            if number:
                time.sleep(2.5 * READ)
            yield message

    def close(self):
        self.cancelled.set()
        self.server.stop(0)


class Echo:
    def __init__(self, port):
        self.channel = grpc.insecure_channel(f'127.0.0.1:{port}', options=[('grpc.enable_http_proxy', 0)])
        self.unary = self.channel.unary_unary('/echo.Echo/Unary')
        self.server_stream = self.channel.unary_stream('/echo.Echo/ServerStream')
        self.client_stream = self.channel.stream_unary('/echo.Echo/ClientStream')
        self.bidi = self.channel.stream_stream('/echo.Echo/Bidi')
        self.waits = self.channel.unary_unary('/echo.Echo/Wait')
        self.quiet = self.channel.stream_stream('/echo.Echo/Quiet')

    def close(self):
        self.channel.close()


@pytest.fixture
def served(stack):
    server = stack.closing(EchoServer())
    router = o.with_origins(stack, server, timeout={'read': f'{READ}s'})
    return router, server, stack.closing(Echo(router.port))


def failure(call):
    with pytest.raises(grpc.RpcError) as caught:
        call()
    return caught.value


def test_all_four_kinds_of_calls(served):
    router, _, echo = served
    for message in [b'', b'hello', bytes(range(256)), bytes(3_000_000)]:
        assert echo.unary(message, timeout=PATIENCE) == message
    assert list(echo.server_stream(b'again', timeout=PATIENCE)) == [b'again'] * 1000
    pieces = [b'%d' % number * 100 for number in range(1000)]
    assert echo.client_stream(iter(pieces), timeout=PATIENCE) == b''.join(pieces)
    assert list(echo.bidi(iter(pieces), timeout=PATIENCE)) == pieces
    router.wait_idle()


def test_both_ways_in_turn(served):
    _, _, echo = served
    may_send, seen = threading.Semaphore(1), []

    def ask():
        for number in range(200):
            may_send.acquire()
            yield b'%d' % number
    for answer in echo.bidi(ask(), timeout=PATIENCE):
        seen.append(answer)
        may_send.release()  # the next is only sent when this has come back
    assert seen == [b'%d' % number for number in range(200)]


def test_metadata_of_both_ends_pass_both_ways(served):
    _, _, echo = served
    metadata = [('x-own', 'mine'), ('x-own-bin', b'\x00\xff')]
    answer, call = echo.unary.with_call(b'x', metadata=metadata, timeout=PATIENCE)
    assert answer == b'x'
    assert dict(call.initial_metadata())['x-initial'] == 'mine'
    assert dict(call.trailing_metadata())['x-trailing-bin'] == b'\xab\x00'


def test_a_failed_call_is_trailers_with_status_and_message(served):
    """Trailers only, when the server has sent no head before: they stay one frame that ends the stream."""
    _, _, echo = served
    error = failure(lambda: echo.unary(b'fail', timeout=PATIENCE))
    assert error.code() == grpc.StatusCode.FAILED_PRECONDITION
    assert error.details() == 'nicht ähnlich\n100%'
    unknown = failure(lambda: echo.channel.unary_unary('/echo.Echo/None')(b'', timeout=PATIENCE))
    assert unknown.code() == grpc.StatusCode.UNIMPLEMENTED


def test_a_deadline_of_the_client_ends_the_call_at_the_server(served):
    router, server, echo = served
    error = failure(lambda: echo.waits(b'', timeout=0.3))
    assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    assert server.cancelled.wait(PATIENCE)
    router.wait_idle()


def test_a_cancelled_call_ends_at_the_server(served):
    router, server, echo = served
    call = echo.waits.future(b'')
    assert server.has_begun.wait(PATIENCE)  # before that, a cancelled call need not reach the server at all
    call.cancel()
    assert server.cancelled.wait(PATIENCE)
    router.wait_idle()


def test_a_call_may_be_silent_for_longer_than_the_read_timeout(served):
    _, _, echo = served
    assert list(echo.quiet(iter([b'1', b'2']), timeout=PATIENCE)) == [b'1', b'2']


def test_a_thousand_calls_share_few_connections(served):
    router, _, echo = served

    def call(number):
        message = b'%d' % number
        assert echo.unary(message, timeout=PATIENCE) == message
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        list(pool.map(call, range(1000)))
    router.wait_idle()


def test_nobody_there_is_unavailable(stack):
    router = o.with_origins(stack, f'h2c://127.0.0.1:{z.free_port()}')
    echo = stack.closing(Echo(router.port))
    error = failure(lambda: echo.unary(b'x', timeout=PATIENCE))
    assert error.code() == grpc.StatusCode.UNAVAILABLE
