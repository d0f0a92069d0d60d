"""axe-core, which finds what keeps people with a screen reader or a keyboard from using a page.

Owner: nobody; free functions.   Thread: the test's.
tools/deps installs it with npm, where a registry can be reached. Without it the tests that need it are skipped.
"""
import functools
import os
import subprocess

import pytest


@functools.cache
def script():
    """The text of axe.min.js."""
    root = subprocess.run(['npm', 'root', '--global'], capture_output=True, text=True, timeout=60).stdout.strip()
    path = os.path.join(root, 'axe-core', 'axe.min.js')
    if not os.path.exists(path):
        pytest.skip('axe-core is not installed: tools/deps test installs it with npm')
    with open(path) as file:
        return file.read()


def violations(window):
    """What axe finds wrong in the window's page, a line each."""
    if not window.run("typeof axe === 'object'"):
        window.run(script() + ';0')
    found = window.run("axe.run(document, {resultTypes: ['violations']}).then(told => told.violations.map(one => one.id + ': ' "
                       "+ one.help + ' | ' + one.nodes.map(node => node.target + ' ' + node.failureSummary).join(' | ')))")
    return found
