"""Each head on the fabric decodes by itself, in any order, with others missing (Z 22)."""
import random

import fabric_peer as f

REQUESTS = 50


def take(peer):
    """The next opening, claimed before a ping behind it is answered: else it counts as lost, and is opened again."""
    opening = peer.next(f.HEADERS)
    peer.send(f.frame(f.WINDOW_UPDATE, 0, opening.stream, bytes(4)))
    return opening


def test_shuffled_openings_decode_to_what_the_clients_sent(stack):
    router = stack.router()
    peer = stack.closing(f.FabricPeer(router.fabric)).join()
    sent = {}
    connections = [stack.closing(router.connect()) for _ in range(REQUESTS)]
    for number, connection in enumerate(connections):
        fields = [('x-number', str(number)), ('x-same', 'always the same value'), ('user-agent', f'agent {number % 3}'),
                  ('cookie', f'session={number % 5}')]
        sent[str(number)] = fields
        connection.send_request('GET', f'/path/{number}', fields)
    openings = [take(peer) for _ in range(REQUESTS)]
    random.Random(7).shuffle(openings)
    for opening in openings[:REQUESTS // 2]:  # the other half is never decoded
        fields = f.decode(opening.payload)
        number = dict(fields)['x-number']
        assert dict(fields)[':path'] == f'/path/{number}'
        assert [field for field in fields if field in sent[number]] == sent[number]
    for opening in openings:
        peer.send(f.reply(opening.stream))
    assert [connection.read_reply().status for connection in connections] == [200] * REQUESTS
