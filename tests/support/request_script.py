"""One script of requests and answers, and clients that ask them over HTTP/1.1 and HTTP/2, in cleartext and over TLS.

Owner: a test.   Thread: the test's.
Not here: who answers (recording_worker.py, origin_server.py), what must be the same (tests/e2e).
"""
import collections
import ssl

import tls_e2e
import zeroway_e2e as z
from h2_peer import H2Client
from recording_worker import Answer

# length: whether a body is announced by content-length; else HTTP/1.1 sends chunks.
Ask = collections.namedtuple('Ask', 'method path fields body length trailers expects',
                             defaults=('GET', '/', (), None, True, (), False))
Got = collections.namedtuple('Got', 'interim status fields body trailers')

BIG = bytes(range(256)) * 2_000  # two windows
LANGUAGE = [('accept-language', 'tlh'), ('x-empty', ''), ('x-utf8', 'grüß'), ('x-odd', '"\\;,=~ a\tb')]

SCRIPT = {
    'get': (Ask(), Answer(body=b'hello\n', fields=[('content-length', '6'), ('content-type', 'text/plain')])),
    'no length': (Ask(), Answer(body=b'hello\n')),
    'empty reply': (Ask(), Answer(fields=[('content-length', '0')])),
    'empty reply, no length': (Ask(), Answer()),
    'query': (Ask(path='/a%2Fb%20c?q=%41&q=b+c&empty=&%C3%BC'), Answer(body=b'x')),
    'dots': (Ask(path='/a/../b/./c//d;e=f'), Answer(body=b'x')),
    'odd bytes': (Ask(path="/!$&'()*+,;=:@-._~/%00%ff?/?:@[]|\"<>^`{}\\"), Answer(body=b'x')),
    'only a query': (Ask(path='/?'), Answer(body=b'x')),
    'long path': (Ask(path='/' + 'p' * 8_000), Answer(body=b'x')),
    'fields': (Ask(fields=LANGUAGE), Answer(body=b'x', fields=LANGUAGE)),
    'repeated': (Ask(fields=[('x-many', 'a'), ('x-other', '1'), ('x-many', 'b, c'), ('x-many', '')]),
                 Answer(fields=[('set-cookie', 'a=1; Path=/'), ('x-m', 'a'), ('set-cookie', 'b=2'), ('x-m', 'b')])),
    'cookies': (Ask(fields=[('cookie', 'a=1; b=2; c="x y"')]), Answer(body=b'x')),
    'big fields': (Ask(fields=[(f'x-{n}', str(n) * 500) for n in range(20)]),
                   Answer(fields=[(f'y-{n}', str(n) * 500) for n in range(20)])),
    'head': (Ask('HEAD'), Answer(fields=[('content-length', '1234'), ('etag', '"x"')])),
    'head, no length': (Ask('HEAD'), Answer(fields=[('etag', '"x"')])),
    '204': (Ask(), Answer(204, fields=[('x-why', 'nothing')])),
    '304': (Ask(fields=[('if-none-match', '"x"')]), Answer(304, fields=[('etag', '"x"')])),
    'options': (Ask('OPTIONS', '*'), Answer(204, fields=[('allow', 'GET')])),
    'own method': (Ask('M-SEARCH', '/x'), Answer(body=b'x')),
    'delete': (Ask('DELETE', '/x'), Answer(204)),
    'post': (Ask('POST', body=b'a=1&b=2'), Answer(201, fields=[('location', '/new')], body=b'made')),
    'empty post': (Ask('POST', body=b''), Answer(body=b'x')),
    'empty post, no length': (Ask('POST', body=b'', length=False), Answer(body=b'x')),
    'put, no length': (Ask('PUT', body=b'in pieces', length=False), Answer(body=b'x')),
    'every byte': (Ask('POST', body=bytes(range(256))), Answer(body=bytes(range(256)))),
    'big': (Ask('POST', body=BIG), Answer(body=BIG, fields=[('content-length', str(len(BIG)))])),
    'big, no length': (Ask('PATCH', body=BIG, length=False), Answer(body=BIG)),
    'trailers up': (Ask('POST', body=b'data', length=False, trailers=[('x-sum', '1'), ('x-sum', '2'), ('x-empty', '')]),
                    Answer(body=b'x')),
    'trailers down': (Ask(fields=[('te', 'trailers')]),
                      Answer(body=b'data', trailers=[('grpc-status', '0'), ('x-many', 'a'), ('x-many', 'b')])),
    'trailers both ways': (Ask('POST', body=BIG, length=False, trailers=[('x-up', 'u')]),
                           Answer(body=BIG, trailers=[('x-down', 'd')])),
    'trailers behind nothing': (Ask('POST', body=b'', length=False, trailers=[('x-up', 'u')]),
                                Answer(trailers=[('x-down', 'd')])),
    'early hints': (Ask(), Answer(body=b'x', interim=[(103, [('link', '</a>; rel=x')]), (103, [('link', '</b>')])])),
    'expect': (Ask('POST', body=b'wait for it', expects=True), Answer(body=b'x')),
    'expect, no length': (Ask('POST', body=BIG, length=False, expects=True), Answer(body=b'x')),
    'not found': (Ask(), Answer(404, body=b'no such thing\n')),
    'worker fails': (Ask(), Answer(500, fields=[('retry-after', '3')], body=b'sorry\n')),
    'teapot': (Ask(), Answer(418)),
    'refused: long target': (Ask(path='/' + 'p' * 20_000), None),
    'refused: long head': (Ask(fields=[(f'x-{n}', 'y' * 15_000) for n in range(5)]), None),
    'refused: many fields': (Ask(fields=[('x', 'y')] * 300), None),
    'refused: expectation': (Ask('POST', body=b'x', fields=[('expect', 'a miracle')]), None),
}


def fields_of(name, ask):
    fields = [('x-case', name), *ask.fields]
    if ask.body is not None and ask.length:
        fields.append(('content-length', str(len(ask.body))))
    if ask.expects:
        fields.append(('expect', '100-continue'))
    return fields


class Http1:
    def __init__(self, connect):
        self.connect = connect
        self.connection = connect()

    def ask(self, name, ask):
        if not self.connection.is_open:
            self.connection = self.connect()
        connection = self.connection
        fields = [(field, value.encode().decode('latin-1')) for field, value in fields_of(name, ask)]
        if ask.body is not None and not ask.length:
            fields.append(('transfer-encoding', 'chunked'))
        if dict(fields).get('te'):
            fields.append(('connection', 'te'))
        connection.send(connection.head_bytes(ask.method, ask.path, fields))
        interim = []
        if ask.expects:
            interim.append(connection.read_head())
            assert interim[0].status == 100
        self.send_body(ask)
        reply = connection.read_reply(ask.method)
        assert reply.version == 'HTTP/1.1'
        return Got([(one.status, one.fields) for one in interim + reply.interim], reply.status, utf8(reply.fields),
                   reply.body, reply.trailers)

    def send_body(self, ask):
        if ask.body is None:
            return
        if ask.length:
            return self.connection.send(ask.body)
        half = len(ask.body) // 2
        pieces = [piece for piece in (ask.body[:half], ask.body[half:]) if piece]
        trailers = ''.join(f'{name}: {value}\r\n' for name, value in ask.trailers).encode()
        self.connection.send(b''.join(map(z.chunk, pieces)) + b'0\r\n' + trailers + b'\r\n')

    def close(self):
        self.connection.close()


def utf8(fields):
    return [(name, value.encode('latin-1').decode()) for name, value in fields]


class Http2:
    """Cookies go in crumbs, and bodies in frames."""

    def __init__(self, client):
        self.client = client

    def ask(self, name, ask):
        fields = []
        for field, value in fields_of(name, ask):
            fields += [(field, crumb) for crumb in value.split('; ')] if field == 'cookie' else [(field, value)]
        client = self.client
        stream = client.open(ask.path, ask.method, fields, end=ask.body is None)
        reply = client.streams[stream]
        if ask.expects:
            client.wait(stream, lambda reply: reply.interim)
        if ask.body is not None and not reply.is_over:
            client.send(stream, ask.body, end=True, trailers=list(ask.trailers) or None)
        client.wait(stream)
        assert reply.has_ended, f'{name}: reset {reply.reset}'
        interim = [(int(one.pop(':status')), list(one.items())) for one in reply.interim]
        return Got(interim, reply.status, reply.fields[1:], bytes(reply.body), reply.trailers)

    def close(self):
        self.client.close()


def h2_over_tls(router, authority):
    context = ssl.create_default_context(cafile=authority.ca)
    context.set_alpn_protocols(['h2'])
    client = tls_e2e.Client(router, authority, context=context)
    assert client.socket.selected_alpn_protocol() == 'h2'
    return Http2(H2Client(None, socket_=client.socket))


def at_the_client(got, answer):
    """What the client got, without what the languages say differently by right."""
    own = ['connection', 'keep-alive', 'transfer-encoding', 'date']
    if answer and not answer.body and not answer.trailers and 'content-length' not in dict(answer.fields):
        assert dict(got.fields).get('content-length', '0') == '0'
        own.append('content-length')
    fields = [field for field in got.fields if field[0] not in own]
    return got._replace(fields=sorted(fields, key=lambda field: field[0] == 'content-length'))
