"""Workers that announce realms of WAMP, as operators see them: which worker has a realm, and which one stands by."""
import zeroway_e2e as z
from management_e2e import managed, told
from wamp_e2e import start_worker


def states(port):
    return {(one['name'], one['group']): one['state'] for one in told(port, '/api/v1/workers')['workers']}


def test_operators_see_which_worker_has_a_realm(stack):
    router, port = managed(stack)
    first = start_worker(stack, 'realm1', '--name', 'first')
    router.wait_workers(1)
    start_worker(stack, 'realm1', 'realm2', '--name', 'second')
    router.wait_workers(3)
    assert states(port) == {('first', 'wamp:realm1'): 'ready', ('second:realm1', 'wamp:realm1'): 'standby, ready',
                            ('second:realm2', 'wamp:realm2'): 'ready'}
    first.kill()
    z.eventually(lambda: states(port) == {('second:realm1', 'wamp:realm1'): 'ready', ('second:realm2', 'wamp:realm2'): 'ready'})


def test_all_workers_of_a_process_leave_together(stack):
    router, port = managed(stack)
    worker = start_worker(stack, 'realm1', 'realm2')
    router.wait_workers(2)
    worker.terminate()
    router.wait_workers(0)
    assert worker.wait() == 0
