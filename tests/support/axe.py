"""axe-core, which finds what keeps people with a screen reader or a keyboard from using a page.

Owner: nobody; free functions.   Thread: the test's.
Not here: where it comes from (npm.py).
"""
import functools
import os

import npm


@functools.cache
def script():
    """The text of axe.min.js."""
    with open(os.path.join(npm.folder_with('axe-core'), 'axe-core', 'axe.min.js')) as file:
        return file.read()


def violations(window):
    """What axe finds wrong in the window's page, a line each."""
    if not window.run("typeof axe === 'object'"):
        window.run(script() + ';0')
    found = window.run("axe.run(document, {resultTypes: ['violations']}).then(told => told.violations.map(one => one.id + ': ' "
                       "+ one.help + ' | ' + one.nodes.map(node => node.target + ' ' + node.failureSummary).join(' | ')))")
    return found
