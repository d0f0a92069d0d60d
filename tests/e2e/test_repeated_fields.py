"""Repeated fields keep their number and order in both directions (Z 17)."""
import fabric_peer as f

COOKIES = [f'cookie-{number}=value; Path=/' for number in range(5)]


def test_five_cookies_down_and_five_fields_up(stack):
    router = stack.router()
    peer = stack.closing(f.FabricPeer(router.fabric)).join()
    with router.connect() as connection:
        connection.send_request('GET', '/', [('X-Many', f'value {number}') for number in range(5)])
        opening = peer.next(f.HEADERS)
        fields = f.decode(opening.payload)
        assert [value for name, value in fields if name == 'x-many'] == [f'value {number}' for number in range(5)]
        peer.send(f.reply(opening.stream, b'', 200, [('set-cookie', cookie) for cookie in COOKIES]))
        assert connection.read_reply().all('set-cookie') == COOKIES
