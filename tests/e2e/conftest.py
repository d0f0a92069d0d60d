"""The fixtures of the tests with whole processes; a failed test shows the logs of all that it started."""
import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'support'))

import zeroway_e2e  # noqa: E402


# Several processes share the files (tools/run-tests). A long file that began last would keep all others waiting.
LONGEST = ['test_websocket_conformance.py', 'test_tls_testssl.py', 'test_soak.py', 'test_tls_certificates.py',
           'test_router_names.py', 'test_websocket_many.py', 'test_websocket_worker.py', 'test_http2_conformance.py']


def pytest_configure(config):
    config.addinivalue_line('markers', 'alone: runs while no other end-to-end test runs (tools/run-tests)')


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


@pytest.fixture
def stack(request):
    stack = zeroway_e2e.Stack()
    request.node.stack = stack
    yield stack
    try:
        if zeroway_e2e.SANITIZED:
            stack.end_politely()
        reports, logs = stack.sanitizer_reports(), stack.logs(20_000)
    finally:
        stack.close()
    assert not reports, f'{reports}\n{logs}'


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    stack = getattr(item, 'stack', None)
    if report.when in ('setup', 'call') and report.failed and stack is not None:
        report.sections.append(('logs of the processes', stack.logs()))
