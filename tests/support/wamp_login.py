"""One session of python3-autobahn that shows who it is. Prints, as one line of JSON, what WELCOME said of it and what a call
returned, or why it was refused.

    wamp_login.py URL REALM json|msgpack|cbor METHODS        METHODS: JSON, {"ticket": {"authid": …, "ticket": …}, …}

Owner: a test, which runs it as a process: a reactor runs once.
Not here: what must come (tests/e2e/test_wamp_auth.py).
"""
import json
import sys

import txaio
txaio.use_twisted()
from autobahn.twisted.wamp import Session  # noqa: E402
from autobahn.twisted.websocket import WampWebSocketClientFactory, connectWS  # noqa: E402
from autobahn.wamp import auth, serializer, types  # noqa: E402
from twisted.internet import defer, reactor  # noqa: E402

URL, REALM, KIND, METHODS = sys.argv[1:5]
SERIALIZERS = {'json': serializer.JsonSerializer, 'msgpack': serializer.MsgPackSerializer,
               'cbor': serializer.CBORSerializer}


class Client(Session):
    def __init__(self):
        super().__init__(types.ComponentConfig(REALM or None))
        self.told = {}
        for name, words in json.loads(METHODS).items():
            self.add_authenticator(auth.create_authenticator(name, **words))

    @defer.inlineCallbacks
    def onJoin(self, details):
        self.told = {name: getattr(details, name) for name in ('realm', 'session', 'authid', 'authrole', 'authmethod',
                                                               'authprovider')}
        self.told['echo'] = yield self.call('com.echo', 'hello')
        self.leave()

    def onLeave(self, details):
        if not self.told:
            self.told = {'reason': details.reason, 'message': details.message}
        print(json.dumps(self.told), flush=True)
        self.disconnect()

    def onDisconnect(self):
        if reactor.running:
            reactor.stop()


connectWS(WampWebSocketClientFactory(Client, url=URL, serializers=[SERIALIZERS[KIND]()]))
reactor.callLater(60, reactor.stop)
reactor.run()
