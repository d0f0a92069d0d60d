"""Packages of npm's registry, which tools/deps installs where the registry can be reached.

Owner: nobody; free functions.   Thread: the test's.
Without a package the tests that need it are skipped.
"""
import functools
import os
import subprocess

import pytest


@functools.cache
def folder():
    """Where npm puts packages for all users: NODE_PATH of programs that need them."""
    return subprocess.run(['npm', 'root', '--global'], capture_output=True, text=True, timeout=60).stdout.strip()


def folder_with(*packages):
    """folder(), if it has all these packages; otherwise the test is skipped."""
    for package in packages:
        if not os.path.exists(os.path.join(folder(), package)):
            pytest.skip(f'{package} is not installed: tools/deps test installs it with npm')
    return folder()
