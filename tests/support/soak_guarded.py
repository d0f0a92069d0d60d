"""A site of a soak whose routes ask who comes, count how often, and compress; and the clients that know the answers.

Owner: soak_servers.py has the site, soak_run.py the clients, each a thread.   Thread: the main one; the client's.
Not here: the servers behind the site (soak_servers.py), new certificates for it (soak_events.py).

The host is guarded.test, with a certificate of its own on the listener that all sites share.
"""
import base64
import hashlib
import hmac
import json
import time

import codings
import origin_fleet as o
from soak_asks import AGAIN, BOUND, GUARDED, LINES, ONCE, SERVERS, Ask
from soak_clients import Heard, Http1Client
import zeroway_e2e as z

HOST = GUARDED + '.test'
SECRET = 'a secret of thirty-two bytes and more'
ANN = '$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW'  # the password is "secret"
MINUTE = 50.0  # seconds: nearly that in which one more request is allowed
MOST = 3  # requests of one client in a minute, where they are counted


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def token(subject, life=600, secret=SECRET):
    claims = {'sub': subject, 'exp': time.time() + life}
    text = '.'.join(base64url(json.dumps(part).encode()) for part in ({'alg': 'HS256'}, claims))
    return f'{text}.{base64url(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())}'


def login_of(password):
    return ('authorization', 'Basic ' + base64.b64encode(b'ann:' + password).decode())


class GuardedSite:
    """The files of its logins, and its part of the routers' file."""

    def __init__(self, stack):
        self.users, self.secret = stack.path('users'), stack.path('token-secret')
        for path, text in ((self.users, f'ann:{ANN}\n'), (self.secret, SECRET + '\n')):
            with open(path, 'w') as file:
                file.write(text)

    def tree(self, name, port, pool_name, members, **more):
        jwt = {'secret_file': self.secret, 'query': 'key', 'strip_token': True}
        once = {'requests_per_minute': 1, 'burst': MOST}
        keys = {'/basic': {'basic_auth': {'file': self.users, 'strip_authorization': True}},
                '/token': {'jwt': jwt},
                '/counted': {'rate_limit': {**once, 'key': 'header:X-Client'}},
                '/claimed': {'jwt': jwt, 'rate_limit': {**once, 'key': 'claim:sub'}},
                '/far': {'allow': ['10.0.0.0/8']}, '/coded': {}}
        routes = [o.route(path, pool_name, strip_prefix=True, **said) for path, said in keys.items()]
        site = o.site(f'{GUARDED}-{name}', port, members, routes, **more)
        return {**site, 'hostname': HOST, 'default': False, 'fabric': False}


class GuardedClient(Http1Client):
    """Each step is a few requests on a connection of its own: one router counts them."""
    kind = 'guarded'
    coding = None  # that the next reply has to have

    def step(self):
        self.is_tls = self.random.random() < 0.7
        self.leave()
        scenario = self.random.choice([self.logs_in, self.shows_token, self.is_counted, self.is_counted_by_claim,
                                       self.is_far, self.is_coded])
        begin = time.monotonic()
        asks = scenario()
        try:
            self.connection = Heard(self.soak.guarded_road(self.random, self.is_tls), 2 * BOUND * z.SLOW)
        except OSError as error:
            return self.refused(asks[0], begin, error)
        for ask in asks:
            if self.connection is None:
                return
            self.exchange(self.connection, [ask], begin)

    def judge(self, ask, begin, status, body, worker, bound=BOUND):
        if status == 200 and ask.status == 429 and time.monotonic() - begin > MINUTE:
            return  # the requests before took so long that another one is allowed
        if self.coding and status == 200:
            body = self.decoded(body)
        super().judge(ask, begin, status, body, worker, bound)

    def decoded(self, body):
        coding = self.connection.head.get('content-encoding')
        return codings.reader_of(coding)(body) if coding == self.coding else b'not coded by ' + self.coding.encode()

    # --- what is asked

    def ask(self, path, status, *fields, method='GET'):
        """A request that passes, or one that its router answers by itself."""
        passes = status == 200
        id = self.asks.next_id((ONCE if method == 'POST' else AGAIN) if passes else 'refused')
        body = self.asks.some(20_000) if method == 'POST' else None
        return Ask(SERVERS if passes else GUARDED, method, path, id, body, fields, host=HOST, status=status,
                   is_right=lambda answer: not passes or answer == f'{id} {len(body or b"")}\n'.encode())

    def some_method(self):
        return self.random.choice(['GET', 'POST'])

    def logs_in(self):
        return [self.ask('/basic/x', 401), self.ask('/basic/x', 401, login_of(b'wrong'), method=self.some_method()),
                self.ask('/basic/x', 200, login_of(b'secret'), method=self.some_method())]

    def shows_token(self):
        subject = self.asks.next_id('subject')
        return [self.ask('/token/x', 401), self.ask('/token/x', 401, ('authorization', 'Bearer ' + token(subject, -60))),
                self.ask('/token/x', 401, ('authorization', 'Bearer ' + token(subject, secret='x' * 32))),
                self.ask('/token/x', 200, ('authorization', 'Bearer ' + token(subject)), method=self.some_method()),
                self.ask(f'/token/x?key={token(subject)}', 200)]

    def is_counted(self):
        field = ('x-client', self.asks.next_id('client'))
        return [self.ask('/counted/x', 200 if number < MOST else 429, field) for number in range(MOST + 1)]

    def is_counted_by_claim(self):
        subject = self.asks.next_id('subject')
        return [self.ask('/claimed/x', 401)] + [
            self.ask('/claimed/x', 200 if number < MOST else 429, ('authorization', 'Bearer ' + token(subject, 600 + number)))
            for number in range(MOST + 1)]

    def is_far(self):
        return [self.ask('/far/x', 403, method=self.some_method())]

    def is_coded(self):
        size, self.coding = self.random.randint(2_000, 400_000), self.random.choice(codings.CODINGS)
        return [Ask(SERVERS, 'GET', f'/coded/bytes/{size}', self.asks.next_id(AGAIN), host=HOST, answer=LINES[:size],
                    fields=(('accept-encoding', self.coding),))]

    def leave(self):
        self.coding = None
        super().leave()
