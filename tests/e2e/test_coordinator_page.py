"""The page of the example's coordinator in Chromium: starts and stops sessions, in light and in dark."""
import axe
import pytest
import zeroway_e2e as z
from browser import Browser
from coordinator_e2e import Coordinator


def opened(stack, coordinator, scheme='light'):
    window = stack.closing(Browser(stack)).open()
    window.call('Log.enable')
    window.call('Emulation.setEmulatedMedia', features=[{'name': 'prefers-color-scheme', 'value': scheme}])
    window.go(f'http://127.0.0.1:{coordinator.port}/')
    return window


def text(window, id):
    return window.run(f"document.getElementById('{id}').innerText")


def test_a_session_is_started_and_stopped(stack):
    coordinator = Coordinator(stack, '--grace', 0, '--router', f'http://127.0.0.1:{z.free_port()},http://apps.test')
    window = opened(stack, coordinator)
    window.run("document.querySelector('#start button').click()")
    z.eventually(lambda: 'running' in text(window, 'sessions'))
    assert 'http://apps.test/s1/files/' in text(window, 'sessions')
    assert 'Connection refused' in text(window, 'routers')
    assert list(coordinator.sessions()) == ['s1']
    window.run("document.querySelector('[data-stops=s1]').click()")
    z.eventually(lambda: text(window, 'sessions') == '')
    assert text(window, 'said') == 's1 ends.'
    errors = [params['entry']['text'] for params in window.events('Log.entryAdded')]
    assert window.errors() + [one for one in errors if 'favicon' not in one] == []


def test_a_refusal_is_told(stack):
    coordinator = Coordinator(stack)
    coordinator.begin('s1', 'ssh')
    window = opened(stack, coordinator)
    window.run("document.querySelector('#start button').click()")
    z.eventually(lambda: text(window, 'said') == 'there is another session of this id')


@pytest.mark.parametrize('scheme', ['light', 'dark'])
def test_nothing_keeps_people_from_using_it(stack, scheme):
    coordinator = Coordinator(stack)
    coordinator.begin('s1', 'files', 'ssh')
    window = opened(stack, coordinator, scheme)
    z.eventually(lambda: 'running' in text(window, 'sessions'))
    assert axe.violations(window) == []
