"""Server-sent events: the worker's stream, and the page that shows it."""


def served(stack):
    router = stack.router()
    stack.httpbin()
    return router.wait_workers(1)


def test_events_come_with_ids_and_are_not_stored(stack):
    router = served(stack)
    reply = router.get('/sse?count=3&interval=10')
    assert reply.get('content-type') == 'text/event-stream' and reply.get('cache-control') == 'no-store'
    assert reply.body == b''.join(b'id: %d\ndata: event %d\n\n' % (number, number) for number in range(3))
    page = router.get('/sse-page?count=3')
    assert page.status == 200 and b'new EventSource(' in page.body and b'//' not in page.body


def test_who_comes_back_gets_the_next_events_and_after_the_last_204(stack):
    router = served(stack)

    def after(last, more=''):
        return router.get(f'/sse?count=3&interval=10{more}', headers=[('Last-Event-ID', last)])
    assert after('1').body == b'id: 2\ndata: event 2\n\n'
    assert after('0', '&retry=50').body == b'id: 1\nretry: 50\ndata: event 1\n\nid: 2\ndata: event 2\n\n'
    assert (after('2').status, after('2').body) == (204, b'')  # HTML standard §9.2.3: do not come again
    assert after('-1').status == after('one').status == after('99999999999999999999').status == 400
    assert router.get('/sse?count=0').status == 204
