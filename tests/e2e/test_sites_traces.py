"""Traces: who is told of them, what the collector gets, and that a collector that hangs costs no request anything."""
import http.server
import json
import threading
import time

import sites_e2e as s
import zeroway_e2e as z
from origins import Origin, in_turn, reply, then_close

TRACE, SPAN = '4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'
PARENT = f'00-{TRACE}-{SPAN}-01'


class Collector(z.Closing):
    """Takes spans, and answers with the statuses in turn; the last one for all further requests."""

    def __init__(self, *statuses):
        self.statuses = list(statuses) or [200]
        self.requests, self.bodies = [], []
        collector = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length']))
                status = collector.statuses.pop(0) if len(collector.statuses) > 1 else collector.statuses[0]
                collector.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                if status == 200:
                    collector.bodies.append(json.loads(body))
                self.send_response(status)
                self.send_header('Content-Length', '0')
                self.end_headers()

            def log_message(self, *_):
                pass
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    @property
    def spans(self):
        return [span for body in list(self.bodies) for resource in body['resourceSpans']
                for scope in resource['scopeSpans'] for span in scope['spans']]

    def wait(self, count):
        return z.eventually(lambda: (spans := self.spans) if len(self.spans) >= count else None, what=f'{count} spans')


def tracing(port, more=''):
    return f'[tracing]\nendpoint = "http://127.0.0.1:{port}"\n{more}\n'


def log(path):
    return f'[sites.log]\naccess_log = "{path}"\nformat = "json"\n'


def entries(path, count):
    return [json.loads(line) for line in z.lines_of(path, count)]


def millis(span):
    return (int(span['endTimeUnixNano']) - int(span['startTimeUnixNano'])) / 1e6


def attribute(span, key):
    return next((next(iter(one['value'].values())) for one in span['attributes'] if one['key'] == key), None)


def test_the_collector_gets_spans_whose_times_are_those_of_the_access_log(stack):
    def slowly(request):
        time.sleep(0.05)  # the time that is measured
        return reply(b'hello')
    collector = stack.closing(Collector(503, 200))
    origin = stack.closing(Origin(in_turn(then_close(), slowly)))
    access = stack.path('access')
    router = s.front(stack, origin, top=tracing(collector.port, 'service_name = "shop"\nheaders = { "X-Token" = "t" }'),
                     tables=log(access), path='/api')
    assert router.get('/api/x?secret=1', headers=[('traceparent', PARENT), ('tracestate', 'a=1')]).status == 200
    spans = collector.wait(7)
    [entry] = entries(access, 1)
    [server] = [span for span in spans if span['kind'] == 2]
    attempts = sorted((span for span in spans if span['kind'] == 3), key=lambda span: int(span['startTimeUnixNano']))
    assert len(attempts) == 2 == entry['attempts'] and entry['retries'] == 1
    assert server['traceId'] == TRACE == entry['trace_id'] and server['parentSpanId'] == SPAN
    assert server['spanId'] == entry['span_id'] and server['name'] == 'GET /api'
    assert abs(millis(server) - entry['total_ms']) < 0.01
    children = {span['name']: span for span in spans if span.get('parentSpanId') == attempts[1]['spanId']}
    assert abs(millis(children['queue']) - entry['queue_ms']) < 0.01
    assert abs(millis(children['backend']) - entry['backend_ms']) < 0.01 and entry['backend_ms'] >= 49
    assert abs(millis(attempts[1]) - entry['queue_ms'] - entry['backend_ms']) < 0.01
    assert sum(map(millis, attempts)) <= millis(server) + 0.01
    assert attribute(server, 'url.path') == '/api/x' and 'secret' not in json.dumps(spans)
    assert attribute(server, 'zeroway.request_id') == entry['request_id'] == origin.last.get('x-request-id')
    told = [request.get('traceparent') for request in origin.requests]
    assert told == [f'00-{TRACE}-{attempt["spanId"]}-01' for attempt in attempts]  # each attempt is its backend's caller
    assert origin.last.all('tracestate') == ['a=1']
    assert [path for path, _ in collector.requests] == ['/v1/traces', '/v1/traces']  # 503 is tried again
    assert collector.requests[0][1]['x-token'] == 't'
    assert collector.requests[0][1]['content-type'] == 'application/json'
    resource = collector.bodies[0]['resourceSpans'][0]['resource']
    assert {'key': 'service.name', 'value': {'stringValue': 'shop'}} in resource['attributes']
    z.eventually(lambda: router.counters()['spans_sent'] == 7)  # the collector has the spans before the router has its answer
    assert router.counters()['spans_lost'] == 0


def test_a_strangers_flag_decides_nothing_and_a_trusted_proxys_does(stack):
    collector = stack.closing(Collector())
    origin = stack.closing(Origin(reply(b'hello')))
    router = s.front(stack, origin, top=tracing(collector.port, 'sample = 0'))
    assert router.get(headers=[('traceparent', PARENT)]).status == 200
    assert origin.last.get('traceparent').startswith(f'00-{TRACE}-') and origin.last.get('traceparent').endswith('-00')
    assert router.get(headers=[('traceparent', PARENT.upper())]).status == 200
    assert TRACE not in origin.last.get('traceparent')
    trusting = s.front(stack, origin, top=tracing(collector.port, 'sample = 0'), in_site='trusted_proxies = ["127.0.0.1"]')
    assert trusting.get(headers=[('traceparent', PARENT)]).status == 200
    assert origin.last.get('traceparent').endswith('-01')
    trusting.terminate()
    assert trusting.wait() == 0
    assert {span['traceId'] for span in collector.spans} == {TRACE}  # sent at the end at the latest
    assert router.counters()['spans_sent'] == 0


def test_without_tracing_what_the_client_says_goes_on_untouched(stack):
    origin = stack.closing(Origin(reply(b'hello')))
    access = stack.path('access')
    router = s.front(stack, origin, tables=log(access))
    assert router.get(headers=[('traceparent', PARENT), ('tracestate', 'A=wrong')]).status == 200
    assert origin.last.all('traceparent') == [PARENT] and origin.last.all('tracestate') == ['A=wrong']
    assert entries(access, 1)[0]['trace_id'] == TRACE
    assert router.get(headers=[('traceparent', 'nonsense')]).status == 200
    assert origin.last.all('traceparent') == ['nonsense'] and 'trace_id' not in entries(access, 2)[1]


def test_a_collector_that_hangs_or_is_gone_costs_no_request_anything(stack):
    silent = stack.closing(Origin(lambda request: request.connection.wait_end()))  # takes the request, never answers
    origin = stack.closing(Origin(reply(b'hello')))
    gone = z.free_port()
    for port in (silent.port, gone):
        router = s.front(stack, origin, top=tracing(port, 'timeout = "1s"'))
        with router.connect() as connection:
            slowest = 0.0
            for _ in range(300):
                began = time.monotonic()
                assert connection.request().status == 200
                slowest = max(slowest, time.monotonic() - began)
        assert slowest < 5 * z.SLOW
        began = time.monotonic()
        router.terminate()
        assert router.wait() == 0
        assert time.monotonic() - began < 20 * z.SLOW  # it waits a second for the collector, no longer
