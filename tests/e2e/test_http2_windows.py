"""One HTTP/2 connection with 100 downloads, one of them never read: the others finish, the router stays small."""
import hashlib
import time

import zeroway_e2e as z
from h2_peer import H2Client

STREAMS = 100
EACH = (8 if z.LONG else 4) * z.MIB
SEEDS = 3
SMALL = 1_000_000

# What the router may need at most for STREAMS replies that wait for one client, by construction: the numbers are those of
# proto/limits.h, router/http/limits.h, router/edge/limits.h and worker-sdk/src/session/limits.h.
KIB = 1 << 10
HELD = STREAMS * (64 + 16) * KIB  # kFirstReplyWindow each, in blocks of kHeldBlock: the first and the last are not full
LEAD = (256 - 64) * KIB  # kSharedLead, of all of them together
MESSAGES = 2 * (128 + 256) * KIB  # kLargeMessage + kMaxPiece: the worker's message that is read, and the next one
OUTPUT = 2 * (128 + 16) * KIB  # kOutputMark and a DATA frame: what is written now, and what the kernel did not take
STATE = STREAMS * 8 * KIB  # heads, and the objects of a request in each room
MOST = HELD + LEAD + MESSAGES + OUTPUT + STATE


class Digest:
    """Takes the place of a reply's body: keeps its length and its sum, not its bytes."""

    def __init__(self):
        self.size = 0
        self.sum = hashlib.sha256()

    def __iadd__(self, data):
        self.size += len(data)
        self.sum.update(data)
        return self

    def __len__(self):
        return self.size


def download_all(client, unread=()):
    """The sums of all replies that are read, and the seconds they took. `unread`: places of those that are not."""
    start = time.monotonic()
    streams = [client.open(f'/stream-bytes/{EACH}?chunk_size=16384&seed={place % SEEDS}') for place in range(STREAMS)]
    for stream in streams:
        client.streams[stream].body = Digest()
    for place in unread:
        client.streams[streams[place]].is_read = False
    sums = []
    for place, stream in enumerate(streams):
        if place in unread:
            continue
        reply = client.wait(stream)
        assert (reply.has_ended, reply.status, len(reply.body)) == (True, 200, EACH)
        sums.append((place, reply.body.sum.hexdigest()))
    took = time.monotonic() - start
    for place in unread:
        reply = client.streams[streams[place]]
        assert not reply.is_over and len(reply.body) <= 65_535
        client.h2.reset_stream(streams[place])
    client.flush()
    return sums, took


def test_one_stream_that_is_never_read_stalls_nobody(stack):
    router = stack.router('--send-timeout', '120', flags='-s')
    stack.httpbin()
    router.wait_workers(1)
    wanted = [hashlib.sha256(router.get(f'/stream-bytes/{EACH}?seed={seed}').body).hexdigest() for seed in range(SEEDS)]
    again = 3
    with H2Client(router.port, 180 * z.SLOW) as client:
        assert client.request(f'/bytes/{SMALL}').has_ended  # warm
        before = router.rss()
        router.forget_peak()
        sums, took = download_all(client, unread=[0])
        assert all(sum == wanted[place % SEEDS] for place, sum in sums) and len(sums) == STREAMS - 1
        grown = (router.peak_rss() - before) / z.MIB
        _, alone = download_all(client)  # as fast as when nobody is in the way
        while took >= 2 * alone + 2 * z.SLOW and again:  # or this machine was slower when it was asked first
            again -= 1
            took, alone = download_all(client, unread=[0])[1], download_all(client)[1]
    print(f'grown by {grown:.1f} MiB of {MOST / z.MIB:.1f}; {took:.2f} s, {alone:.2f} s without the one that is never read')
    router.wait_idle()
    if not z.SANITIZED:
        assert grown * z.MIB <= MOST, grown
    assert took < 2 * alone + 2 * z.SLOW


def test_a_stream_that_is_never_read_is_given_up(stack):
    router = stack.router('--send-timeout', '1')
    stack.httpbin()
    router.wait_workers(1)
    with H2Client(router.port) as client:
        stream = client.open(f'/bytes/{SMALL}')
        client.streams[stream].is_read = False
        assert client.wait(stream).reset == 8
        assert client.request('/get').status == 200
    router.wait_idle()


def test_an_upload_waits_for_its_worker(stack):
    router = stack.router(flags='-s')
    stack.httpbin()
    router.wait_workers(1)
    with H2Client(router.port) as client:
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
