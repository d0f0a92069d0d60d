"""Files of a folder that the routers of a soak serve: they are replaced, removed and cut short while clients read them.

Owner: soak_run.py.   Thread: files change on the main one; answers are checked on any.
Not here: the requests for these files (soak_asks.py), which failures are allowed (soak_judge.py).

Every state that a file has had is kept with its time, so that each answer can be compared with the states that it may
show: those since shortly before the request began. A router may remember what a name is for a second.
"""
import os
import random
import threading
import time

from soak_asks import FILES, LEAST
from soak_judge import ABSENT, LOSS
import zeroway_e2e as z

COUNT = 6
SIZES = (2 * LEAST, 5_000, 200_000, 1_000_000)  # the first three are small enough to be kept in memory
REMEMBERED = 1.5                          # seconds: the router's one, and a turn of its loop


def content_of(name, version, size):
    line = f'{name} {version:06d} '.encode()
    return (line * (size // len(line) + 1))[:size]


class State:
    """What a file held from `since` on; None = the file was not there."""

    def __init__(self, content):
        self.content, self.since, self.until = content, time.monotonic(), None


class Files:
    """The folder. Names are `f0`, `f1` and so on; higher numbers are larger."""

    def __init__(self, stack):
        self.folder = stack.path('files')
        os.mkdir(self.folder)
        self.spare = stack.path('file.new')
        self.lock = threading.Lock()
        self.version = 0
        self.states = {f'f{number}': [] for number in range(COUNT)}
        for name in self.states:
            self.replace(name)

    def path(self, name):
        return os.path.join(self.folder, name)

    def size_of(self, name):
        return SIZES[int(name[1:]) * len(SIZES) // COUNT]

    def largest(self):
        return list(self.states)[-1]

    def change(self, name, content, act):
        """The new state begins before the change and the old one ends behind it: both are right meanwhile."""
        with self.lock:
            self.states[name].append(State(content))
        act()
        with self.lock:
            for state in self.states[name][:-1]:
                state.until = state.until or time.monotonic()

    def replace(self, name):
        """Exchanges the whole file in one step, as a careful program does."""
        self.version += 1
        content = content_of(name, self.version, self.size_of(name) + self.version % 97)
        with open(self.spare, 'wb') as file:
            file.write(content)
        self.change(name, content, lambda: os.rename(self.spare, self.path(name)))

    def remove(self, name):
        self.change(name, None, lambda: os.unlink(self.path(name)))

    def cut_short(self, name):
        """Takes the second half of the file away, in its place."""
        content = self.states[name][-1].content
        half = content[:len(content) // 2]
        self.change(name, half, lambda: os.truncate(self.path(name), len(half)))

    def is_whole(self, name, begin, body):
        """Whether the file held exactly this since shortly before `begin`."""
        return any(body == content for content in self.contents(name, begin))

    def is_part(self, name, begin, first, body):
        return any(body == content[first:first + len(body)] for content in self.contents(name, begin))

    def contents(self, name, begin):
        earliest = begin - REMEMBERED * z.SLOW
        with self.lock:
            return [state.content for state in self.states[name]
                    if state.content is not None and (state.until is None or state.until >= earliest)]


class FileEvents:
    def __init__(self, soak):
        self.soak, self.windows = soak, soak.windows
        self.files = soak.fleet.servers.files if soak.fleet.servers else None
        self.random = random.Random(f'{soak.seed}-files')
        self.away = set()

    def weights(self):
        return [(self.replace, 4), (self.remove, 2), (self.cut_short, 2)] if self.files else []

    def choose(self):
        names = [name for name in self.files.states if name not in self.away]
        return self.random.choice(names) if names else None

    def replace(self):
        if name := self.choose():
            self.soak.say(f'the file {name} is replaced')
            self.files.replace(name)

    def remove(self):
        if name := self.choose():
            self.for_a_while(name, 'is removed', ABSENT, self.files.remove)

    def cut_short(self):
        """A reply that was begun before cannot end: its connection breaks."""
        if name := self.choose():
            self.for_a_while(name, 'is cut short', LOSS, self.files.cut_short)

    def for_a_while(self, name, what, window, act):
        seconds = self.random.uniform(0.1, 3)
        self.soak.say(f'the file {name} {what}, for {seconds:.2f} s')
        self.away.add(name)
        opened = self.windows.open(window, FILES)
        act(name)

        def come_back():
            self.files.replace(name)
            self.away.discard(name)
            opened.close(REMEMBERED)
        self.soak.after(seconds, come_back)
