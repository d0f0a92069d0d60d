"""Each site's access log: its own file and form, or one that sites share."""
import json
import os
import signal

import sites_e2e as s
import zeroway_e2e as z
from origins import Origin, reply, silent


def log(path, form):
    return f"[sites.log]\naccess_log = \"{path}\"\nformat = '{form}'\n"


def ask(router, host, path):
    with router.connect() as connection:
        connection.send(connection.head_bytes('GET', path, host=host))
        return connection.read_reply().status


def test_sites_have_logs_of_their_own_or_share_one_which_is_opened_anew_once(stack):
    origin = stack.closing(Origin(reply(b'hello')))
    shared, own = stack.path('shared'), stack.path('own')
    port = z.free_port()
    text = (s.site(port, 'one.test', 'one', log(shared, '{site} {path} {status} {bytes_out}'))
            + s.site(port, 'two.test', 'two', log(shared, '{site}|{path}|{status}'))
            + s.site(port, 'three.test', 'three', log(own, 'json')) + '[sites.proxy]\nenabled = true\n' + s.pool(origin)
            + s.route('/api') + s.site(port, 'four.test', 'four', '[sites.log]\naccess_log = "off"\n'))
    router = s.serve(stack, '[logging]\naccess_log = "-"\n' + text, port, '--threads', '2')
    assert ask(router, 'one.test', '/api/health/live') == ask(router, 'four.test', '/api/health') == 200
    assert ask(router, 'two.test', '/api/health"%0a') in (404, 503)
    assert ask(router, 'three.test', '/%61pi/x?y="1"') == 200
    first = z.lines_of(shared, 2)
    assert first[0].startswith('one /api/health/live 200 ') and first[1].startswith(r'two|/api/health\x22%0a|')
    entry = json.loads(z.lines_of(own, 1)[0])
    assert (entry['site'], entry['route'], entry['upstream'], entry['path']) == ('three', '/api', 'backend', '/%61pi/x?y="1"')
    assert entry['worker'] == f'127.0.0.1:{origin.port}' and entry['attempts'] == 1 and entry['bytes_out'] == 5
    assert entry['request_id'] == origin.last.get('x-request-id') and len(entry['request_id']) == 32
    assert entry['queue_ms'] + entry['backend_ms'] <= entry['total_ms'] + 0.01
    for path in (shared, own):
        os.rename(path, path + '.1')
    router.signal(signal.SIGHUP)
    z.eventually(lambda: os.path.exists(shared) and os.path.exists(own))
    assert ask(router, 'two.test', '/api/health') == ask(router, 'three.test', '/api') == 200
    assert z.lines_of(shared, 1) == ['two|/api/health|200'] and len(z.lines_of(own, 1)) == 1
    assert 'four' not in open(shared + '.1').read() + open(own + '.1').read()


def test_a_client_that_left_is_499_and_its_server_is_not_to_blame(stack):
    origin = stack.closing(Origin(lambda request: silent(request) if request.target == '/hang' else reply()))
    access = stack.path('access')
    router = s.front(stack, origin, tables=log(access, '{path} {status} {reason} {worker}')
                     + '[sites.proxy.health_check]\nfall = 1\n')
    with router.connect() as connection:
        connection.send_request('GET', '/hang')
        z.eventually(lambda: any(request.target == '/hang' for request in origin.requests))
        connection.abort()
    assert z.lines_of(access, 1) == [f'/hang 499 cancelled 127.0.0.1:{origin.port}']
    assert router.get('/next').status == 200
    assert router.counters()['cancelled'] == 1 and router.counters()['replies_5xx'] == 0


def test_a_wrong_form_is_told_with_its_place_and_the_nearest_word(stack):
    checked = s.check(stack, s.site(8080, more=log('a', '{time} {statsu}')))
    assert checked.returncode == 1
    assert "router.toml:7:10: sites(main).log.format = \"{time} {statsu}\": wants one of combined, common, json, or a template" \
        in checked.stderr.replace('[0]', '')
    assert 'there is no field {statsu}; is {status} meant?' in checked.stderr
