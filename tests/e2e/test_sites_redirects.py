"""Routes that answer with a redirect never send a client to a place that the request chose."""
import os
import urllib.parse

import pytest

import sites_e2e as s
import zeroway_e2e as z


def redirecting(stack, to, pattern='', status='', path='/old'):
    port = z.free_port()
    keys = [f'to = "{to}"', f"pattern = '{pattern}'" if pattern else '', f'status = {status}' if status else '']
    text = (s.site(port, more='fabric = false') + '[sites.proxy]\nenabled = true\n'
            + f'[[sites.proxy.routes]]\npath = "{path}"\n[sites.proxy.routes.redirect]\n' + '\n'.join(keys) + '\n')
    return s.serve(stack, text, port)


def location(router, target, method='GET', host='zeroway.test'):
    with router.connect() as connection:
        connection.send(connection.head_bytes(method, target, host=host))
        answer = connection.read_reply(method)
        assert b'\n' not in answer.raw_head.replace(b'\r\n', b'')
        assert answer.get('x-evil') is None and answer.get('set-cookie') is None
        return answer.status, answer.get('location')


@pytest.mark.parametrize('status', [301, 302, 303, 307, 308])
def test_a_redirect_has_the_status_of_the_file_and_keeps_the_query(stack, status):
    router = redirecting(stack, '/new', status=status)
    assert location(router, '/old/x?a=1') == (status, '/new?a=1')


def test_a_redirect_is_301_by_default_and_inserts_what_the_pattern_matched(stack):
    router = redirecting(stack, '/new/$1', '^/old/(.*)$')
    assert location(router, '/old/a/b?c') == (301, '/new/a/b?c')
    assert location(router, '/old')[0] == 404  # the pattern does not match


def test_a_redirect_to_another_host_keeps_that_host(stack):
    router = redirecting(stack, 'https://new.test/$1', '^/old/?(.*)$')
    for target in ('/old/x', '/old@evil.test', '/old.evil.test/', '/old:1@evil.test', '/old/../old/x', '/old//evil.t'):
        status, where = location(router, target)
        assert status in (301, 404, 400)
        assert where is None or where.startswith('https://new.test/')


def test_a_target_holds_variables_of_the_request(stack):
    router = redirecting(stack, '$scheme://www.$host$path?from=$remote_addr')
    assert location(router, '/old/x?a=1', host='Zeroway.test:81') == (
        301, 'http://www.zeroway.test/old/x?from=127.0.0.1&a=1')


@pytest.mark.parametrize('target', [
    '/old//evil.test', '/old/%2F%2Fevil.test', '/old/%5C%5Cevil.test', '/old/%5Cevil.test', '/old/..%2F%5cevil.test',
    '/old///evil.test', '/old/%09/evil.test', '/old/\\evil.test', '/old/%2e%2e//evil.test', '//evil.test/old',
    '/old/%0d%0aX-Evil:%201', '/old/%0aSet-Cookie:%20a=b', '/old/%E5%98%8A%E5%98%8DX-Evil:1', '/old/x?%0d%0aX-Evil:1'])
def test_a_location_made_of_the_path_stays_on_the_site(stack, target):
    router = redirecting(stack, '/$1', '^/old/(.*)$')
    status, where = location(router, target)
    assert status in (301, 400, 404)
    if where is not None:
        assert where[0] == '/' and where[1:2] not in ('/', '\\')
        assert not any(ord(letter) < 33 or ord(letter) == 127 for letter in where)


def test_a_redirect_of_one_method_only_changes_nothing_of_the_others(stack):
    router = redirecting(stack, '/new')
    assert location(router, '/old', 'POST')[0] == 301
    assert location(router, '/other')[0] == 404


def test_the_slash_of_a_folder_is_added_on_the_site(stack):
    os.makedirs(stack.path('static/folder'))
    with open(stack.path('static/folder/index.html'), 'w') as file:
        file.write('inside')
    port = z.free_port()
    router = s.serve(stack, s.site(port, more='static_dir = "static"'), port)
    status, where = location(router, '/folder?q=1')
    assert status in (301, 302, 307, 308)
    assert urllib.parse.urljoin('http://zeroway.test/folder', where) == 'http://zeroway.test/folder/?q=1'
    for target in ('//evil.test/..%2Ffolder', '/%5C%5Cevil.test/%2e%2e/folder', '//folder', '/..%2F%5cevil.test',
                   '//evil.test/%2e%2e/folder', '/folder/..//folder'):
        status, where = location(router, target)
        if where is not None:
            assert not where.startswith(('//', '/\\', '\\')) and ':' not in where
            assert urllib.parse.urljoin('http://zeroway.test' + target, where).startswith('http://zeroway.test/')
