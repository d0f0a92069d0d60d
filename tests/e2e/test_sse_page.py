"""Server-sent events: the worker's stream, and the page that shows it."""


def test_events_come_with_ids_and_are_not_stored(stack):
    router = stack.router()
    stack.httpbin()
    router.wait_workers(1)
    reply = router.get('/sse?count=3&interval=10')
    assert reply.get('content-type') == 'text/event-stream' and reply.get('cache-control') == 'no-store'
    assert reply.body == b''.join(b'id: %d\ndata: event %d\n\n' % (number, number) for number in range(3))
    page = router.get('/sse-page?count=3')
    assert page.status == 200 and b'new EventSource(' in page.body and b'//' not in page.body
