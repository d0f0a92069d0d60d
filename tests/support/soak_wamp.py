"""The clients of WAMP of a soak: sessions of one realm that publish, hear, call and answer each other.

Owner: soak_run.py.   Thread: each client's own, with an event loop.
Not here: one session (soak_wamp_session.py), which failures are allowed (soak_judge.py).
"""
import asyncio
import time

from soak_asks import BOUND, REALMS, Ask
from soak_wamp_session import (COUNT, ECHO, FAIL, FAILED, PUBLISH, REGISTER, SERIALIZERS, SUBSCRIBE, Answered,
                               Ended, OverRawSocket, OverWebSocket, Refused, Session, canonical)
from soak_websockets import WebSocketClients
import zeroway_e2e as z

PATH = '/ws'
LATE = 5.0      # seconds in which sessions of one worker hear that it is gone
APART = 'wamp.error.no_such_procedure'
NUMBERS = [0, -1, 23, 2**31, 2**53 + 1, 2**63 - 1, -2**63, 2**64 - 1, 1.0, -0.5, 0.1, 1e300]


class WampClients(WebSocketClients):
    """Some circles on one thread, one after another in each place."""
    kind = 'wamp'
    count = 3

    async def talk(self):
        await Circle(self, self.random.choice(REALMS)).run()


class Circle:
    """Some sessions of one realm, by different roads and serializers, that talk until one of them ends."""

    def __init__(self, client, realm):
        self.client, self.soak, self.random, self.asks = client, client.soak, client.random, client.asks
        self.realm, self.id = realm, client.asks.next_id('circle')
        self.sessions = []
        self.said = 0

    async def run(self):
        try:
            await self.begin()
            for _ in range(self.random.randint(1, 12)):
                if self.soak.is_resting():
                    break
                await self.random.choices([self.publish, self.call, self.pause, self.come_again], [4, 4, 2, 1])[0]()
        except Refused as refused:
            self.fail(refused.how, refused.detail, self.asked_at, code=refused.code, reason=refused.reason)
            await asyncio.sleep(0.1)
        except asyncio.TimeoutError:
            self.fail('late', f'no answer, of {self.describe()}', self.asked_at)
        except Ended:
            await self.hear_ends()
        await self.leave()

    def fail(self, how, detail, begin, **more):
        self.client.fail(Ask(self.realm, 'WAMP', PATH, self.id), begin, how, detail, **more)

    def describe(self):
        return ', '.join(f'{type(one.transport).__name__} {one.serializer}{" over" if one.is_over else ""}'
                         for one in self.sessions)

    def took(self):
        self.soak.took(self.client.kind, time.monotonic() - self.asked_at)

    # --- joining

    async def begin(self):
        for _ in range(self.random.randint(2, 5)):
            await self.add(await self.transport())
        await self.call_the_roll()

    async def transport(self):
        self.asked_at = time.monotonic()
        serializer = self.random.choice(list(SERIALIZERS))
        is_raw, is_tls = self.random.random() < 0.4, self.random.random() < 0.3
        if is_raw:
            kind, road = OverRawSocket, self.soak.raw_road(self.random, is_tls)
        else:
            kind, road = OverWebSocket, self.soak.road(self.random, is_tls)
        opening = kind.open(road, self.realm + '.test', PATH, serializer)
        return Session(await asyncio.wait_for(opening, BOUND * z.SLOW), serializer)

    async def add(self, session):
        """Joins the realm, and subscribes and registers for the circle."""
        self.asked_at = time.monotonic()
        self.sessions.append(session)
        try:
            await asyncio.wait_for(session.join(self.realm), BOUND * z.SLOW)
        except (Refused, asyncio.TimeoutError):
            self.sessions.remove(session)
            session.transport.drop()
            raise
        self.said += 1
        session.procedure = f'com.soak.{self.id}.{self.said}'
        await session.ask(SUBSCRIBE, {}, f'com.soak.{self.id}')
        await session.ask(REGISTER, {}, session.procedure)
        self.took()

    async def call_the_roll(self):
        """All sessions are at one worker, unless something happened to workers while they joined."""
        self.asked_at = time.monotonic()
        try:
            for caller, callee in zip(self.sessions, self.sessions[1:] + self.sessions[:1]):
                await caller.call(callee.procedure, [ECHO], {})
        except Answered as error:
            if error.uri != APART:
                raise await self.reason_of(error, callee) from None
            self.fail('apart', error.uri, min(session.since for session in self.sessions))
            raise Ended from None

    def unexpected(self, error):
        """The session that would have answered may be over: what is to be raised then."""
        return Ended() if any(session.is_over for session in self.sessions) else AssertionError(repr(error))

    # --- what they do

    async def publish(self):
        """Events of one publisher come in their order, and all of them."""
        self.asked_at = time.monotonic()
        publishers = self.random.sample(self.sessions, self.random.randint(1, len(self.sessions)))
        before = {session: len(session.events) for session in self.sessions}
        lists = dict(zip(publishers, await all_of(map(self.publish_some, publishers))))
        for session in self.sessions:
            wanted = {publisher.procedure: some for publisher, some in lists.items() if publisher is not session}
            count = before[session] + sum(map(len, wanted.values()))
            if not await session.wait_events(count):
                raise asyncio.TimeoutError
            self.check_events(session, session.events[before[session]:], wanted)
        self.took()

    async def publish_some(self, publisher):
        """Returns the payloads, as text."""
        said = []
        for number in range(self.random.randint(1, 15)):
            args, words = [publisher.procedure, number, self.value()], {'more': self.value()}
            said.append(canonical((args, words)))
            if self.random.random() < 0.3:
                await publisher.ask(PUBLISH, {'acknowledge': True}, f'com.soak.{self.id}', args, words)
            else:
                await publisher.say(PUBLISH, next(publisher.numbers), {}, f'com.soak.{self.id}', args, words)
        return said

    def check_events(self, session, events, wanted):
        heard = {}
        for payload in events:
            heard.setdefault(payload[0][0], []).append(canonical(payload))
        if session.is_over:  # it has not heard all of them
            heard = {publisher: some + wanted[publisher][len(some):] for publisher, some in heard.items()}
            wanted = {publisher: wanted[publisher] for publisher in heard}
        for publisher in {*heard, *wanted}:
            if heard.get(publisher) != wanted.get(publisher):
                self.fail('wrong', f'events of {publisher} by {session.serializer}: {heard.get(publisher)!r:.2000} instead of '
                          f'{wanted.get(publisher)!r:.2000}', self.asked_at)
        if session.is_over:
            raise Ended

    async def call(self):
        self.asked_at = time.monotonic()
        await all_of(self.call_one() for _ in range(self.random.randint(1, 8)))
        self.took()

    async def call_one(self):
        caller, callee = self.random.choices(self.sessions, k=2)
        how = self.random.choice([ECHO, ECHO, FAIL, COUNT])
        args, words = [how, self.random.randint(0, 6), self.value()], {'word': self.value()}
        wanted = [([piece], words) for piece in range(args[1])] if how == COUNT else []
        try:
            got = await caller.call(callee.procedure, args, words, has_progress=how == COUNT)
            is_right = how != FAIL
        except Answered as error:
            if error.uri != FAILED:
                raise await self.reason_of(error, callee) from None
            got, is_right = [error.payload], how == FAIL
        if not is_right or canonical(got) != canonical(wanted + [(args, words)]):
            self.fail('wrong', f'{how} by {caller.serializer} at {callee.serializer}: {got!r:.2000} for {args!r:.2000}, '
                      f'{words!r:.2000}', self.asked_at)

    async def reason_of(self, error, callee):
        """The worker hears of a callee that is lost before the callee does."""
        await callee.wait_events(len(callee.events) + 1)
        return self.unexpected(error)

    async def pause(self):
        await asyncio.sleep(self.random.choice([0, 0.1, self.random.uniform(0, 3)]))
        if any(session.is_over for session in self.sessions):
            raise Ended

    async def come_again(self):
        """A session leaves, and somebody joins in its place, perhaps at the same transport."""
        self.asked_at = time.monotonic()
        old = self.random.choice(self.sessions)
        if self.random.random() < 0.5:
            await old.part()
            self.sessions.remove(old)
            await self.add(Session(old.transport, old.serializer))
        else:
            self.sessions.remove(old)
            await self.let_go(old)
            await self.add(await self.transport())
        await self.call_the_roll()

    def value(self, depth=3):
        kind = self.random.random()
        if kind < 0.3 or depth == 0:
            return self.random.choice(NUMBERS)
        if kind < 0.5:
            return self.asks.some(self.random.choice([50, 50, 2_000, 100_000])).hex()
        if kind < 0.7:
            return self.asks.some(self.random.choice([50, 50, 2_000, 200_000]))
        if kind < 0.8:
            return self.random.choice([None, True, False, '', 'é🎈"\\\n', [], {}])
        several = range(self.random.randint(1, 3))
        if kind < 0.9:
            return [self.value(depth - 1) for _ in several]
        return {f'{self.random.choice("abcdé")}{number}': self.value(depth - 1) for number in several}

    # --- the end

    async def hear_ends(self):
        """One session is over, and nobody wished it. The others hear the same soon, or answer still."""
        deadline = time.monotonic() + LATE * z.SLOW
        while time.monotonic() < deadline and not all(session.is_over for session in self.sessions):
            await asyncio.sleep(0.02)
        for session in [one for one in self.sessions if not one.is_over]:
            self.asked_at = time.monotonic()
            try:
                await session.ask(SUBSCRIBE, {}, f'com.soak.{self.id}.still')
            except Ended as error:
                self.fail('silent', f'{error} only when asked, of {self.describe()}', self.asked_at)
            except asyncio.TimeoutError:
                self.fail('late', f'neither an answer nor an end, of {self.describe()}', self.asked_at)
        for session in [one for one in self.sessions if one.is_over]:
            self.tell_end(session)

    def tell_end(self, session):
        if session.listening.done() and session.listening.exception():
            raise session.listening.exception()
        self.fail('end', f'{session.reason!r}, {session.code}, of {type(session.transport).__name__}', session.ended,
                  code=session.code, reason=session.reason)

    async def leave(self):
        for session in self.sessions:
            await self.let_go(session)

    async def let_go(self, session):
        if not session.is_over and self.random.random() < 0.7:
            self.asked_at = time.monotonic()
            try:
                await session.part()
            except Ended:
                await asyncio.wait([session.listening])
                self.tell_end(session)
            except asyncio.TimeoutError:
                self.fail('late', f'no answer to GOODBYE, of {self.describe()}', self.asked_at)
        if self.random.random() < 0.5:
            session.transport.drop()
        else:
            await session.transport.close()
        for task in (session.listening, *session.tasks):
            task.cancel()


async def all_of(coroutines):
    """Their results, once all are over; the first exception that is no mere end of a session, or that end."""
    results = await asyncio.gather(*coroutines, return_exceptions=True)
    errors = sorted((one for one in results if isinstance(one, BaseException)), key=lambda one: isinstance(one, Ended))
    if errors:
        raise errors[0]
    return results
