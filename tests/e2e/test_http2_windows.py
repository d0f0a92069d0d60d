"""One HTTP/2 connection with 100 downloads, one of them never read: the others finish, the router stays small."""
import zeroway_e2e as z
from h2_peer import H2Client

STREAMS = 100
EACH = 1_000_000


def test_one_stream_that_is_never_read_stalls_nobody(stack):
    router = stack.router('--send-timeout', '60', flags='-s')
    stack.httpbin()
    router.wait_workers(1)
    with H2Client(router.port, 60) as client:
        client.request(f'/bytes/{EACH}')  # warm
        before = router.rss()
        router.forget_peak()
        streams = [client.open(f'/stream-bytes/{EACH}?chunk_size=16384') for _ in range(STREAMS)]
        unread = client.streams[streams[0]]
        unread.is_read = False
        for stream in streams[1:]:
            reply = client.wait(stream)
            assert (reply.has_ended, len(reply.body)) == (True, EACH)
        assert not unread.is_over and len(unread.body) <= 65_535
        grown = (router.peak_rss() - before) / z.MIB
        print(f'grown by {grown:.1f} MiB')
        if not z.SANITIZED:
            assert grown < 32, grown  # 100 windows and some


def test_a_stream_that_is_never_read_is_given_up(stack):
    router = stack.router('--send-timeout', '1')
    stack.httpbin()
    router.wait_workers(1)
    with H2Client(router.port) as client:
        stream = client.open(f'/bytes/{EACH}')
        client.streams[stream].is_read = False
        assert client.wait(stream).reset == 8
        assert client.request('/get').status == 200
    router.wait_idle()


def test_an_upload_waits_for_its_worker(stack):
    router = stack.router(flags='-s')
    stack.httpbin()
    router.wait_workers(1)
    with H2Client(router.port, 30) as client:
        slow = client.open('/upload?rate=100000', 'POST', end=False)
        sent = 0
        while (room := client.h2.local_flow_control_window(slow)) > 0 and sent < 10_000_000:
            piece = min(room, client.h2.max_outbound_frame_size)
            client.h2.send_data(slow, bytes(piece))
            client.flush()
            sent += piece
        assert sent <= 65_536  # until the worker grants more
        assert client.request('/get').status == 200
        client.h2.reset_stream(slow)
        client.flush()
    router.wait_idle()
