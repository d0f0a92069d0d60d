"""A program in a real terminal: tmux draws what it writes, and types keys into it.

Owner: a test.   Thread: the test's.
Not here: the programs (zeroway_e2e.py), what they show (tests/e2e/test_console_*.py).

Each window has a tmux server of its own, at a socket in the test's folder. close() ends it, and the program with it.
"""
import os
import shlex
import shutil
import subprocess

import zeroway_e2e as z


class Window:
    """One program in a terminal of `columns` x `rows`. When it ends, the screen says "ended N" and stays."""

    def __init__(self, stack, argv, columns=100, rows=24, env=None):
        assert shutil.which('tmux'), 'tools/deps installs tmux'
        self.socket = stack.path(f'tmux-{len(stack.closers)}')
        # Only what a terminal needs: a colour or a locale of the machine that runs the test changes nothing.
        self.env = {'PATH': os.environ['PATH'], 'LANG': 'C.UTF-8', 'LC_ALL': 'C.UTF-8', 'HOME': stack.folder,
                    'SHELL': '/bin/sh', **(env or {})}
        program = ' '.join(map(shlex.quote, map(str, argv)))
        self._tmux('-f', '/dev/null', 'new-session', '-d', '-x', columns, '-y', rows,
                   f'trap : INT; {program}; echo "ended $?"; exec sleep 1000')
        self._tmux('set-option', '-g', 'status', 'off')
        self._tmux('set-option', '-g', 'escape-time', '0')
        self.resize(columns, rows)
        stack.closing(self)

    def _tmux(self, *words):
        done = subprocess.run(['tmux', '-S', self.socket, *map(str, words)], env=self.env, capture_output=True, text=True,
                              timeout=z.PATIENCE * z.SLOW)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def close(self):
        subprocess.run(['tmux', '-S', self.socket, 'kill-server'], env=self.env, capture_output=True, timeout=z.PATIENCE)

    def resize(self, columns, rows):
        self._tmux('resize-window', '-x', columns, '-y', rows)

    def screen(self):
        return self._tmux('capture-pane', '-p')

    def lines(self):
        return self.screen().splitlines()

    def press(self, *keys):
        """Names of tmux, as Enter and Escape, or letters."""
        self._tmux('send-keys', *keys)

    def type(self, text):
        self._tmux('send-keys', '-l', '--', text)

    def shows(self, *texts, within=z.PATIENCE):
        """Waits until the screen has all of the texts."""
        try:
            z.eventually(lambda: all(text in self.screen() for text in texts), within, every=0.1)
        except AssertionError:
            raise AssertionError(f'not on the screen: {texts}\n{self.screen()}') from None
        return self.screen()

    def shows_not(self, text):
        try:
            z.eventually(lambda: text not in self.screen(), every=0.1)
        except AssertionError:
            raise AssertionError(f'still on the screen: {text}\n{self.screen()}') from None
