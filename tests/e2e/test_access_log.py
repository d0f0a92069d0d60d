"""One line per request says what happened, to a person or to a program."""
import json

import zeroway_e2e as z


def lines_of(path, count):
    def look():
        try:
            with open(path) as file:
                lines = file.read().splitlines()
        except FileNotFoundError:
            return None
        return lines if len(lines) >= count else None
    return z.eventually(look, what=f'{count} lines in the access log')


def make_traffic(stack, router):
    stack.httpbin()
    router.wait_workers(1)
    assert router.get('/get?a=b', headers=[('User-Agent', 'agent "x"\t1')]).status == 200
    assert router.get('/status/404').status == 404
    assert router.request('POST', '/upload', body=b'12345').status == 200


def test_common_format(stack):
    path = stack.path('access')
    router = stack.router('--access-log', path)
    make_traffic(stack, router)
    lines = lines_of(path, 3)
    assert len(lines) == 3
    assert lines[0].startswith('127.0.0.1 - - [')
    assert '"GET /get?a=b HTTP/1.1" 200 ' in lines[0]
    assert '"GET /status/404 HTTP/1.1" 404 ' in lines[1]
    assert '"POST /upload HTTP/1.1" 200 ' in lines[2]
    assert all('bin-1' in line for line in lines)


def test_json_format(stack):
    path = stack.path('access')
    router = stack.router('--access-log', path, '--access-log-format', 'json')
    make_traffic(stack, router)
    entries = [json.loads(line) for line in lines_of(path, 3)]
    assert [entry['status'] for entry in entries] == [200, 404, 200]
    assert entries[0]['method'] == 'GET'
    assert all('bin-1' in entry.values() for entry in entries)


def test_a_failed_request_says_why(stack):
    path = stack.path('access')
    router = stack.router('--access-log', path, '--access-log-format', 'json', '--queue-timeout', '100ms')
    assert router.get().status == 503
    [line] = lines_of(path, 1)
    entry = json.loads(line)
    assert entry['status'] == 503
    assert any('worker' in str(value) for value in entry.values())


def test_hostile_targets_cannot_forge_lines(stack):
    path = stack.path('access')
    router = stack.router('--access-log', path)
    stack.worker('worker-1')
    router.wait_workers(1)
    with router.connect() as connection:
        connection.send(b'GET /x"%0a127.0.0.1 HTTP/1.1\r\nHost: x\r\nUser-Agent: "\x1b[31m\r\n\r\n')
        connection.read_reply()
    assert router.get('/next').status == 200
    z.eventually(lambda: any('"GET /next' in line for line in lines_of(path, 1)))
    lines = lines_of(path, 1)
    assert not any('\x1b' in line for line in lines)
    assert all(line.count('"') == 2 for line in lines), lines
