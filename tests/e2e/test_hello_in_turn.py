"""Two workers answer in turn (Z 3)."""


def test_two_requests_meet_both_workers(stack):
    router = stack.router()
    for name in ('worker-1', 'worker-2'):
        stack.worker(name)
    router.wait_workers(2)
    replies = router.undisturbed(lambda: [router.get() for _ in range(2)])
    assert {reply.text for reply in replies} == {'Hello from worker-1\n', 'Hello from worker-2\n'}
    for reply in replies:
        assert reply.status == 200
        assert reply.text == f'Hello from {reply.worker}\n'
        assert reply.get('x-zmq') == reply.worker  # the worker's own word
        assert reply.get('date')


def test_without_worker_header_replies_do_not_name_the_worker(stack):
    router = stack.router('--no-worker-header')
    stack.worker('worker-1')
    router.wait_workers(1)
    assert router.get().worker is None
