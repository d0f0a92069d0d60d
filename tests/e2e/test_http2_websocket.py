"""A WebSocket on a stream of an HTTP/2 connection (RFC 8441), beside ordinary requests."""
from h2_peer import H2Client


def masked(opcode, payload):
    return bytes([0x80 | opcode, 0x80 | len(payload)]) + bytes(4) + payload


def test_echo_and_close(stack):
    router = stack.router()
    stack.worker('echo-1', kind='echo-websocket-worker')
    router.wait_workers(1)
    with H2Client(router.port) as client:
        stream = client.open(end=False, pseudo=[(':method', 'CONNECT'), (':protocol', 'websocket'), (':scheme', 'http'),
                                                (':authority', 'zeroway.test'), (':path', '/')],
                             fields=[('sec-websocket-version', '13')])
        reply = client.wait(stream, lambda reply: reply.fields)
        assert reply.status == 200
        for text in (b'hello', b'again'):
            client.send(stream, masked(1, text))
            client.wait(stream, lambda reply, text=text: reply.body.endswith(b'\x81\x05' + text))
        client.send(stream, masked(8, b'\x03\xe8'))
        assert client.wait(stream).has_ended
        assert reply.body.endswith(b'\x88\x02\x03\xe8')
        client.h2.end_stream(stream)
        client.flush()
    router.wait_idle()
