"""Stream ids wrap at 2^31 and never collide between routers (Z 24)."""
import fabric_peer as f
import zeroway_e2e as z

LAST = 0x7fffffff


def test_ids_wrap_past_the_last_one(stack):
    router = stack.router('--first-stream-id', LAST - 20)
    peer = stack.closing(f.FabricPeer(router.fabric)).join()
    ids = []
    with router.connect() as connection:
        for _ in range(60):
            connection.send_request()
            ids.append(peer.next(f.HEADERS).stream)
            peer.send(f.reply(ids[-1], b'%d' % ids[-1]))
            assert connection.read_reply().body == b'%d' % ids[-1]
    assert len(set(ids)) == 60
    assert all(1 <= id <= LAST for id in ids)
    assert max(ids) > LAST - 21 and min(ids) < 100, 'they did not wrap'


def test_ids_that_are_in_use_are_left_out_after_the_wrap(stack):
    router = stack.router('--first-stream-id', 5)
    worker = stack.httpbin()
    router.wait_workers(1)
    with router.connect(30) as held:
        held.send(held.head_bytes('POST', '/echo', [('Transfer-Encoding', 'chunked')]) + z.chunk(b'before'))
        assert held.read_head().status == 200
        for _ in range(50):
            assert router.request('POST', '/echo', body=b'between').body == b'between'
        held.send(z.chunk(b'after') + z.LAST_CHUNK)
        assert held.take_until(b'0\r\n\r\n') == b'6\r\nbefore\r\n5\r\nafter\r\n'
    assert worker.is_running()


def test_two_routers_with_the_same_ids_on_one_worker(stack):
    fabrics = [stack.ipc('a'), stack.ipc('b')]
    routers = [stack.router('--first-stream-id', 7, fabric=fabric, flags='-s') for fabric in fabrics]
    stack.httpbin('shared', connect=fabrics)
    for router in routers:
        router.wait_workers(1)
    opened = []
    for number in range(20):
        for router in routers:
            connection = stack.closing(router.connect())
            mine = b'%d of %d' % (number, router.port)
            connection.send(connection.head_bytes('POST', '/echo', [('Transfer-Encoding', 'chunked')]) + z.chunk(mine))
            opened.append((connection, mine))
    for connection, mine in reversed(opened):
        connection.send(z.chunk(mine) + z.LAST_CHUNK)
    for connection, mine in opened:
        assert connection.read_reply('POST').body == mine * 2
