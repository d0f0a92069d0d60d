"""Rules of fields, both ways (list B 13, 14, 17, 30)."""
import pytest

import sites_e2e as s
import zeroway_e2e as z
from origins import Origin, head, reply, then_close


def headers(text):
    return f'[sites.proxy.headers]\n{text}\n'


TRUSTED = 'trusted_proxies = ["127.0.0.0/8"]'


def test_an_added_field_is_seen_by_both_sides(stack):
    origin = stack.closing(Origin())
    router = s.front(stack, origin, tables=headers('add = { "X-API-Gateway" = "BWS" }'))
    assert router.get().get('x-api-gateway') == 'BWS'
    assert origin.last.get('x-api-gateway') == 'BWS'


def test_a_request_id_is_new_for_each_request_and_the_same_on_both_sides_and_in_the_log(stack):
    origin = stack.closing(Origin())
    router = s.front(stack, origin, tables=headers('add = { "X-Request-ID" = "auto" }'),
                     options=('--access-log', stack.path('access'), '--access-log-format', 'json'))
    with router.connect() as connection:
        told = [connection.request().all('x-request-id') for _ in range(20)]
    assert all(len(ids) == 1 for ids in told)
    assert [request.all('x-request-id') for request in origin.requests] == told
    assert len({ids[0] for ids in told}) == 20
    log = z.eventually(lambda: (text := open(stack.path('access')).read()).count('\n') >= 20 and text)
    assert all(ids[0] in log for ids in told)


def test_the_request_id_of_a_trusted_client_is_kept(stack):
    origin = stack.closing(Origin())
    router = s.front(stack, origin, in_site=TRUSTED, tables=headers('add = { "X-Request-ID" = "auto" }'))
    answer = router.get(headers=[('X-Request-ID', 'mine-1')])
    assert answer.all('x-request-id') == ['mine-1'] == origin.last.all('x-request-id')


def test_the_request_id_of_an_untrusted_client_is_replaced(stack):
    origin = stack.closing(Origin())
    router = s.front(stack, origin, tables=headers('add = { "X-Request-ID" = "auto" }'))
    answer = router.get(headers=[('X-Request-ID', 'mine-1')])
    assert answer.all('x-request-id') == origin.last.all('x-request-id')
    assert len(answer.all('x-request-id')) == 1 and 'mine-1' not in answer.all('x-request-id')


def test_a_request_id_is_on_error_replies_too(stack):
    origin = stack.closing(Origin(then_close()))
    router = s.front(stack, origin, in_proxy='retries = 0', in_route='max_body = 4',
                     tables=headers('add = { "X-Request-ID" = "auto" }') + s.NEVER_OUT)
    for reply_ in (router.get(), router.request('POST', '/', body=b'12345')):
        assert reply_.status in (502, 413)
        assert len(reply_.get('x-request-id') or '') > 8


@pytest.mark.parametrize('remove', ['{ "Server" = true, "X-Powered-By" = true }', '["server", "x-powered-by"]'],
                         ids=['table', 'list'])
def test_a_removed_field_does_not_reach_the_client(stack, remove):
    origin = stack.closing(Origin(reply(b'', fields=[('Server', 'Apache/1.3'), ('X-Powered-By', 'PHP/3'),
                                                     ('X-Kept', '1')])))
    router = s.front(stack, origin, tables=headers(f'remove = {remove}'))
    answer = router.get(headers=[('X-Powered-By', 'me')])
    assert answer.get('x-powered-by') is None and answer.get('x-kept') == '1'
    assert 'Apache' not in answer.raw_head.decode()
    assert origin.last.get('x-powered-by') is None


def test_precise_rules_change_one_direction(stack):
    origin = stack.closing(Origin(reply(b'', fields=[('X-A', 'server'), ('X-B', 'server'), ('X-C', 'server')])))
    rules = ('request_add = { "X-A" = "added" }\nrequest_set = { "X-B" = "set" }\nrequest_remove = ["X-C"]\n'
             'response_add = { "X-A" = "added" }\nresponse_set = { "X-B" = "set" }\nresponse_remove = ["X-C"]')
    router = s.front(stack, origin, tables=headers(rules))
    answer = router.get(headers=[('X-A', 'client'), ('X-B', 'client'), ('X-C', 'client')])
    assert [origin.last.all(name) for name in ('x-a', 'x-b', 'x-c')] == [['client', 'added'], ['set'], []]
    assert [answer.all(name) for name in ('x-a', 'x-b', 'x-c')] == [['server', 'added'], ['set'], []]


def test_variables_stand_for_what_the_request_is(stack):
    origin = stack.closing(Origin())
    router = s.front(stack, origin, tables=headers(
        'request_set = { "X-All" = "$remote_addr|$host|$scheme|$method|$path|$query|$site|$upstream" }'))
    assert router.get('/a/b?c=d').status == 200
    assert origin.last.get('x-all') == '127.0.0.1|zeroway.test|http|GET|/a/b|c=d|main|backend'


def test_no_variable_can_begin_another_field(stack):
    origin = stack.closing(Origin())
    router = s.front(stack, origin, tables=headers('add = { "X-Path" = "$path $query" }'))
    answer = router.get('/a%0d%0aX-Evil:%201?b%0d%0aX-Evil:%201')
    assert answer.get('x-evil') is None and origin.last.get('x-evil') is None
    assert answer.get('x-path') == '/a%0D%0AX-Evil:%201 b%0d%0aX-Evil:%201'


def test_rules_of_a_route_come_after_those_of_the_site(stack):
    origin = stack.closing(Origin())
    port = z.free_port()
    text = (s.proxied(port, origin, tables=headers('request_set = { "X-A" = "site", "X-B" = "site" }'))
            + s.route('/r', more='[sites.proxy.routes.headers]\nrequest_set = { "X-B" = "route" }'))
    router = s.serve(stack, text, port)
    router.get('/r')
    assert (origin.last.get('x-a'), origin.last.get('x-b')) == ('site', 'route')
    router.get('/')
    assert (origin.last.get('x-a'), origin.last.get('x-b')) == ('site', 'site')


def test_repeated_fields_of_a_reply_keep_their_number_and_order(stack):
    cookies = [f'c{number}=v; Path=/' for number in range(5)]
    origin = stack.closing(Origin(reply(b'', fields=[*(('Set-Cookie', cookie) for cookie in cookies), ('Link', 'a'),
                                                     ('Link', 'b')])))
    answer = s.front(stack, origin).get()
    assert answer.all('set-cookie') == cookies
    assert answer.all('link') == ['a', 'b']


def test_fields_of_the_servers_connection_do_not_reach_the_client(stack):
    origin = stack.closing(Origin(reply(b'x', fields=[
        ('Connection', 'X-Hop, keep-alive'), ('X-Hop', '1'), ('Keep-Alive', 'timeout=5'), ('Proxy-Connection', 'x'),
        ('X-End', '2'), ('Proxy-Authenticate', 'Basic')])))
    answer = s.front(stack, origin).get()
    assert answer.get('x-end') == '2'
    assert not {name for name, _ in answer.fields} & {'x-hop', 'keep-alive', 'proxy-connection', 'upgrade'}


def test_the_servers_coding_of_content_is_left_alone(stack):
    body = bytes(range(256)) * 20
    origin = stack.closing(Origin(reply(body, fields=[('Content-Encoding', 'gzip'), ('Content-Type', 'text/html'),
                                                      ('ETag', '"x"')])))
    answer = s.front(stack, origin).get(headers=[('Accept-Encoding', 'gzip, br')])
    assert (answer.all('content-encoding'), answer.body, answer.get('etag')) == (['gzip'], body, '"x"')


def test_the_sites_fields_are_on_all_its_replies_also_errors(stack):
    origin = stack.closing(Origin(b'garbage\r\n\r\n'))
    port = z.free_port()
    router = s.serve(stack, s.proxied(port, origin, path='/bad', in_proxy='retries = 0',
                                      in_site='fabric = false\nheaders = { "X-Site" = "main" }'), port)
    for path, status in (('/nothing', 404), ('/bad', 502), ('/api/health', 200)):
        answer = router.get(path)
        assert (answer.status, answer.get('x-site')) == (status, 'main')
    with router.connect() as connection:
        connection.send(b'GET /../ HTTP/1.1\r\nHost: zeroway.test\r\n\r\n')
        answer = connection.read_reply()
        assert (answer.status, answer.get('x-site')) == (400, 'main')


def test_a_field_of_the_site_may_hold_the_requests_id(stack):
    router = s.front(stack, stack.closing(Origin()), in_site='headers = { "X-Trace" = "$request_id" }')
    ids = [router.get().get('x-trace') for _ in range(2)]
    assert ids[0] != ids[1] and all(len(id_) > 8 for id_ in ids)


def test_error_pages_replace_the_routers_own_errors_of_a_class(stack):
    with open(stack.path('sorry.html'), 'w') as file:
        file.write('<p>sorry</p>')
    origin = stack.closing(Origin(then_close()))
    router = s.front(stack, origin, in_proxy='retries = 0', tables=s.NEVER_OUT, in_route='max_body = 3',
                     in_site='error_pages = { 5xx = "sorry.html" }')
    assert (router.get().status, router.get().text) == (502, '<p>sorry</p>')
    head_only = router.request('HEAD', '/')
    assert (head_only.status, head_only.get('content-length'), head_only.body) == (502, '12', b'')
    assert router.request('POST', '/', body=b'long').status == 413
    assert 'sorry' not in router.request('POST', '/', body=b'long').text


def test_security_fields_are_set_only_where_nobody_else_did(stack):
    origin = stack.closing(Origin(reply(b'', fields=[('X-Frame-Options', 'SAMEORIGIN')])))
    router = s.front(stack, origin, top='[security]\n', path='/mine', in_site='fabric = false')
    mine, none = router.get('/mine'), router.get('/none')
    assert mine.all('x-frame-options') == ['SAMEORIGIN']
    assert (none.status, none.all('x-frame-options')) == (404, ['DENY'])
    assert none.all('x-content-type-options') == ['nosniff']


def test_the_routers_name_is_in_the_server_field_or_is_hidden(stack):
    origin = stack.closing(Origin(b'HTTP/1.1 200 OK\r\nServer: Apache\r\nContent-Length: 0\r\n\r\n'))
    named = s.front(stack, origin, top='[server]\nname = "Gate"\nversion = "7"\n', in_site='fabric = false', path='/x')
    assert named.get('/nothing').get('server') == 'Gate/7'
    hidden = s.front(stack, origin, top='[security]\nhide_server_header = true\n', in_site='fabric = false', path='/x')
    assert hidden.get('/nothing').get('server') is None
    assert hidden.get('/x').get('server') is None


def test_a_reply_of_http10_has_the_fields_of_the_router_once(stack):
    origin = stack.closing(Origin(then_close(head(200, [('Date', 'x')], 'HTTP/1.0') + b'old')))
    answer = s.front(stack, origin).get()
    assert (answer.status, answer.text, answer.version) == (200, 'old', 'HTTP/1.1')
    assert len(answer.all('date')) == 1
