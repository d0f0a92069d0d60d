"""Two sessions of python3-autobahn with twisted, which talk through a WAMP router. Prints "ok NAME" for each thing that went
right, "wrong NAME: WHY" for others.

    wamp_autobahn.py URL REALM json|msgpack|cbor

URL is ws://HOST:PORT/PATH, or, of RawSocket, an endpoint as Twisted writes it: tcp:HOST:PORT or unix:/SOCKET.

Owner: a test, which runs it as a process: a reactor runs once.
Not here: which lines there must be (tests/e2e/test_wamp_clients.py).
"""
import sys
import traceback

import txaio
txaio.use_twisted()
from autobahn.twisted.rawsocket import WampRawSocketClientFactory  # noqa: E402
from autobahn.twisted.wamp import ApplicationSession  # noqa: E402
from autobahn.twisted.websocket import WampWebSocketClientFactory, connectWS  # noqa: E402
from autobahn.wamp import serializer, types  # noqa: E402
from autobahn.wamp.exception import ApplicationError  # noqa: E402
from twisted.internet import defer, endpoints, reactor, task  # noqa: E402

URL, REALM, KIND = sys.argv[1:4]
SERIALIZERS = {'json': serializer.JsonSerializer, 'msgpack': serializer.MsgPackSerializer,
               'cbor': serializer.CBORSerializer}
PATIENCE = 40  # s, for one thing
VALUES = [None, True, 0, -1, 2**53 + 1, 2**63 - 1, -2**63, 2**64 - 1, 1.0, 0.1, -1e300, '', 'é🎈', [], {}, {'a': [{'b': 1}]}]


def join(realm=REALM):
    """A session that has joined, as a deferred; its failure is the reason of the router's ABORT."""
    joined = defer.Deferred()

    class Peer(ApplicationSession):
        def onJoin(self, details):
            self.welcome = details
            joined.callback(self)

        def onLeave(self, details):
            if not joined.called:
                joined.errback(ApplicationError(details.reason, details.message))
            self.disconnect()
            self.left = details
            if hasattr(self, 'when_left'):
                self.when_left.callback(details)

    connect(lambda: Peer(types.ComponentConfig(realm)))
    return joined


def connect(make):
    if URL.startswith('ws'):
        return connectWS(WampWebSocketClientFactory(make, url=URL, serializers=[SERIALIZERS[KIND]()]))
    return endpoints.clientFromString(reactor, URL).connect(WampRawSocketClientFactory(make, serializer=SERIALIZERS[KIND]()))


def error_of(call):
    """The error that a call ends with, as a deferred."""
    def succeeded(value):
        raise AssertionError(f'no error, but {value!r}')
    return call.addCallbacks(succeeded, lambda failure: failure.value)


def must_be(found, wanted):
    assert found == wanted, f'{found!r} instead of {wanted!r}'[:500]


class Heard(list):
    """What a handler was called with; `wait(count)` is a deferred."""

    def __call__(self, *args, details=None, **kwargs):
        self.append((list(args), kwargs, details))
        if hasattr(self, 'waiting') and len(self) >= self.count:
            self.waiting.callback(None)
            del self.waiting

    def wait(self, count):
        if len(self) >= count:
            return defer.succeed(None)
        self.count, self.waiting = count, defer.Deferred()
        return self.waiting


@defer.inlineCallbacks
def joins(ann, bob):
    must_be(ann.welcome.realm, REALM)
    must_be(ann.welcome.authmethod, 'anonymous')
    refused = yield error_of(join('no.such.realm'))
    must_be(refused.error, 'wamp.error.no_such_realm')


@defer.inlineCallbacks
def publishes_with_acknowledge(ann, bob):
    heard = Heard()
    subscription = yield bob.subscribe(heard, 'com.example.news')
    publication = yield ann.publish('com.example.news', 1, 'two', three=[3], options=types.PublishOptions(acknowledge=True))
    assert publication.id > 0
    yield heard.wait(1)
    must_be(heard, [([1, 'two'], {'three': [3]}, None)])
    yield subscription.unsubscribe()
    yield ann.publish('com.example.news', 2, options=types.PublishOptions(acknowledge=True))
    yield bob.publish('com.example.other', options=types.PublishOptions(acknowledge=True))  # whatever came before is here
    must_be(len(heard), 1)


@defer.inlineCallbacks
def publishers_are_left_out_unless_they_say(ann, bob):
    heard = Heard()
    yield ann.subscribe(heard, 'com.example.mine')
    yield ann.publish('com.example.mine', 1, options=types.PublishOptions(acknowledge=True))
    yield ann.publish('com.example.mine', 2, options=types.PublishOptions(acknowledge=True, exclude_me=False))
    yield heard.wait(1)
    must_be([args for args, *_ in heard], [[2]])


@defer.inlineCallbacks
def subscribes_by_patterns(ann, bob):
    begins, between = Heard(), Heard()
    yield bob.subscribe(begins, 'com.example.p', types.SubscribeOptions(match='prefix', details=True))
    yield bob.subscribe(between, 'com..x', types.SubscribeOptions(match='wildcard', details=True))
    for topic in ('com.example.p', 'com.example.pq.r', 'com.p.x', 'com.example.x', 'com.example.o'):
        yield ann.publish(topic, options=types.PublishOptions(acknowledge=True))
    yield between.wait(2)
    must_be([details.topic for *_, details in begins], ['com.example.p', 'com.example.pq.r'])
    must_be([details.topic for *_, details in between], ['com.p.x', 'com.example.x'])


@defer.inlineCallbacks
def calls(ann, bob):
    yield bob.register(lambda a, b=0: a + b, 'com.example.add')
    must_be((yield ann.call('com.example.add', 2, 3)), 5)
    must_be((yield ann.call('com.example.add', 2, b=40)), 42)
    yield bob.register(lambda: types.CallResult(1, 2, c=3), 'com.example.many')
    result = yield ann.call('com.example.many')
    must_be((list(result.results), result.kwresults), ([1, 2], {'c': 3}))


@defer.inlineCallbacks
def calls_by_patterns(ann, bob):
    yield bob.register(lambda details=None: details.procedure, 'com.example.objects',
                       types.RegisterOptions(match='prefix', details=True))
    must_be((yield ann.call('com.example.objects.7.start')), 'com.example.objects.7.start')
    yield bob.register(lambda details=None: 'wild ' + details.procedure, 'com..run',
                       types.RegisterOptions(match='wildcard', details=True))
    must_be((yield ann.call('com.here.run')), 'wild com.here.run')


@defer.inlineCallbacks
def errors(ann, bob):
    def fail():
        raise ApplicationError('com.example.error.no', 'because', 7, why={'a': 1})
    yield bob.register(fail, 'com.example.fail')
    error = yield error_of(ann.call('com.example.fail'))
    must_be((error.error, list(error.args), error.kwargs['why']), ('com.example.error.no', ['because', 7], {'a': 1}))
    error = yield error_of(ann.call('com.example.nothing'))
    must_be(error.error, 'wamp.error.no_such_procedure')
    error = yield error_of(ann.register(fail, 'com.example.fail'))
    must_be(error.error, 'wamp.error.procedure_already_exists')


@defer.inlineCallbacks
def progressive_results(ann, bob):
    @defer.inlineCallbacks
    def count(to, details=None):
        for number in range(to):
            details.progress(number, half=number / 2)
            yield task.deferLater(reactor, 0, lambda: None)
        return to
    pieces = []
    yield bob.register(count, 'com.example.count', types.RegisterOptions(details=True))
    options = types.CallOptions(on_progress=lambda number, half: pieces.append((number, half)))
    must_be((yield ann.call('com.example.count', 5, options=options)), 5)
    must_be(pieces, [(number, number / 2) for number in range(5)])


@defer.inlineCallbacks
def values_and_200_kb_and_bytes(ann, bob):
    yield bob.register(lambda *args: types.CallResult(*args), 'com.example.echo')
    result = yield ann.call('com.example.echo', *VALUES)
    must_be(list(result.results), VALUES)
    assert isinstance(result.results[VALUES.index(1.0, 8)], float)
    large = 'x\0é' * 50_000
    result = yield ann.call('com.example.echo', large, b'\0\xff' * 100_000, b'')
    must_be(list(result.results), [large, b'\0\xff' * 100_000, b''])


@defer.inlineCallbacks
def two_hundred_calls_at_once(ann, bob):
    yield bob.register(lambda number: task.deferLater(reactor, (number % 7) / 100, lambda: number), 'com.example.later')
    found = yield defer.gatherResults([ann.call('com.example.later', number) for number in range(200)])
    must_be(found, list(range(200)))


@defer.inlineCallbacks
def cancelled_calls(ann, bob):
    stopped = defer.Deferred()

    def never():
        return defer.Deferred(lambda _: stopped.callback(None))
    yield bob.register(never, 'com.example.never')
    call = ann.call('com.example.never')
    yield ann.publish('com.example.other', options=types.PublishOptions(acknowledge=True))  # the router has the call
    reactor.callLater(0.2, call.cancel)
    yield error_of(call)
    yield stopped  # the callee is interrupted


@defer.inlineCallbacks
def callees_that_leave(ann, bob):
    cid = yield join()
    asked = defer.Deferred()

    def never():
        asked.callback(None)
        return defer.Deferred()
    yield cid.register(never, 'com.example.gone')
    call = ann.call('com.example.gone')
    yield asked
    cid.when_left = defer.Deferred()
    cid.leave()
    error = yield error_of(call)
    must_be(error.error, 'wamp.error.canceled')
    yield cid.when_left
    error = yield error_of(ann.call('com.example.gone'))
    must_be(error.error, 'wamp.error.no_such_procedure')


THINGS = [joins, publishes_with_acknowledge, publishers_are_left_out_unless_they_say, subscribes_by_patterns, calls,
          calls_by_patterns, errors, progressive_results, values_and_200_kb_and_bytes, two_hundred_calls_at_once,
          cancelled_calls, callees_that_leave]


@defer.inlineCallbacks
def main():
    try:
        ann, bob = yield defer.gatherResults([join(), join()])
        for thing in THINGS:
            try:
                yield defer.ensureDeferred(thing(ann, bob)).addTimeout(PATIENCE, reactor)
                print('ok', thing.__name__, flush=True)
            except Exception as error:  # noqa: BLE001: the test reads it
                print('wrong', thing.__name__ + ':', repr(error), flush=True)
                traceback.print_exc()
        ann.leave()
        bob.leave()
    except Exception as error:  # noqa: BLE001
        print('wrong main:', repr(error), flush=True)
    reactor.callLater(0.1, reactor.stop)

reactor.callWhenRunning(main)
reactor.run()
