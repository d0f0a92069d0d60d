"""Clients that reset HTTP/2 streams and are no attackers, as Go's: RST_STREAM(CANCEL) right behind the reply's end."""
import ssl
import time

import h2_raw as h2
import tls_e2e

STREAMS = 2_000
AT_ONCE = 50


def reset_each(client, ends):
    """Opens streams, half of them with requests that do not end, and resets each as soon as its reply has ended."""
    opened = ended = 0
    while ended < STREAMS:
        while opened < STREAMS and opened - ended < AT_ONCE:
            flags = h2.END_HEADERS | (h2.END_STREAM if opened % 2 == 0 else 0)
            fields = client.fields('POST' if opened % 2 else 'GET', '/status/200')
            client.send(h2.frame(h2.HEADERS, flags, 2 * opened + 1, client.block(fields)))
            opened += 1
        one = client.read()
        assert one and one.type != h2.GOAWAY, (ended, client.heard[-3:])
        if one.type == h2.DATA and one.payload:
            client.send(h2.window_update(0, len(one.payload)))
        if one.type in (h2.DATA, h2.HEADERS) and one.flags & h2.END_STREAM:
            client.send(h2.rst(one.stream))
            ended += 1
            ends.append(time.monotonic())


def test_a_client_that_resets_each_stream_behind_its_reply(stack):
    authority, router = tls_e2e.start(stack)
    context = ssl.create_default_context(cafile=authority.ca)
    context.set_alpn_protocols(['h2'])
    ends = []
    with h2.RawH2(router.tls_port, lambda plain: context.wrap_socket(plain, server_hostname='localhost')) as client:
        client.handshake()
        reset_each(client, ends)
        client.send(h2.ping(b'stillup?'))
        while (one := client.read()) and one.type != h2.PING:
            assert one.type != h2.GOAWAY
        assert one and one.payload == b'stillup?'
    print(f'{len(ends) / (ends[-1] - ends[0]):.0f} resets in a second')
    assert 'connection closed:' not in router.log()
    router.wait_idle()
