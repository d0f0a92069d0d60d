"""ZIP archives whose members a site serves, below a path."""
import gzip
import hashlib
import os
import signal
import zipfile

import pytest

import sites_e2e as s
import zeroway_e2e as z

MEMBERS = {'lib-1.2/index.html': b'<h1>lib</h1>', 'lib-1.2/lib.min.js': b'let a = 1;\n' * 100,
           'lib-1.2/lib.min.jgz': gzip.compress(b'let a = 1;'), 'lib-1.2/sub/page.html': b'sub', 'README': b'outside'}


def archive(stack, members, name='lib.zip', method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(stack.path(name), 'w', method) as file:
        for member, content in members.items():
            file.writestr(member, content)
    with open(stack.path(name), 'rb') as file:
        return hashlib.sha256(file.read()).hexdigest()


def text_of(port, more='', path='/lib'):
    return s.site(port, more='fabric = false') + f'[[sites.archives]]\npath = "{path}"\nfile = "lib.zip"\n{more}\n'


def served(stack, more='', path='/lib', **parts):
    port = z.free_port()
    return s.serve(stack, text_of(port, more, path), port, '--state-dir', stack.path('state'), **parts)


def get(router, path, *fields, method='GET'):
    with router.connect() as connection:
        return connection.request(method, path, [*fields])


def test_members_below_a_prefix_are_served_with_types_tags_and_ranges(stack):
    archive(stack, MEMBERS)
    router = served(stack, 'object_prefix = "lib-1.2"\nmime_types = { ".jgz" = "text/javascript" }')
    page = get(router, '/lib/')
    assert (page.status, page.body, page.get('content-type')) == (200, b'<h1>lib</h1>', 'text/html; charset=utf-8')
    script = get(router, '/lib/lib.min.js')
    assert script.body == MEMBERS['lib-1.2/lib.min.js'] and 'javascript' in script.get('content-type')
    assert get(router, '/lib/lib.min.jgz').get('content-type').startswith('text/javascript')
    assert get(router, '/lib/sub/page.html').body == b'sub'
    assert get(router, '/lib/lib.min.js', ('If-None-Match', script.get('etag'))).status == 304
    part = get(router, '/lib/lib.min.js', ('Range', 'bytes=4-9'))
    assert (part.status, part.body) == (206, b'a = 1;')
    assert get(router, '/lib/lib.min.js', method='HEAD').get('content-length') == str(len(script.body))
    for path in ('/lib/nothing', '/lib/README', '/lib/../README', '/lib/%2e%2e/README', '/README', '/library'):
        assert get(router, path).status == 404, path


def test_the_whole_archive_and_a_fallback(stack):
    archive(stack, MEMBERS, method=zipfile.ZIP_STORED)
    router = served(stack, 'fallback = "README"', path='/')
    assert get(router, '/lib-1.2/sub/page.html').body == b'sub'
    assert (get(router, '/any/path').status, get(router, '/any/path').body) == (200, b'outside')


def test_the_hash_is_checked_before_anything_is_served(stack):
    digest = archive(stack, MEMBERS)
    port = z.free_port()
    wrong = text_of(port, f'hashes = ["{"0" * 64}"]')
    done = s.check(stack, wrong)
    assert done.returncode == 1 and f'has SHA-256 {digest}, which is none of its hashes' in done.stderr
    assert 'router.toml:9:' in done.stderr
    router = served(stack, f'hashes = ["{"0" * 64}", "{digest.upper()}"]')
    assert get(router, '/lib/README').body == b'outside'
    assert os.listdir(stack.path('state/archives')) == [digest]


def test_a_reload_brings_another_archive_and_a_bad_one_changes_nothing(stack):
    archive(stack, {'a': b'one'})
    router = served(stack)
    before = get(router, '/lib/a')
    assert before.body == b'one'
    archive(stack, {'a': b'two'})
    since = router.log_size()
    router.signal(signal.SIGHUP)
    router.wait_log('the configuration file is read again', since=since)
    z.eventually(lambda: get(router, '/lib/a').body == b'two', what='the new archive is served')
    assert get(router, '/lib/a').get('etag') != before.get('etag')
    archive(stack, {'../a': b'three'})
    since = router.log_size()
    router.signal(signal.SIGHUP)
    router.wait_log(r"member '\.\./a': its name has an empty part", since=since)
    assert get(router, '/lib/a').body == b'two'


@pytest.mark.parametrize('content, said', [
    (b'no zip', 'no ZIP archive'), (b'', 'no ZIP archive'), ({}, 'it has no members'),
    ({'/etc/x': b''}, "begins with '/'"), ({'a': b'', 'a/b': b''}, "member 'a/b'")])
def test_a_bad_archive_is_an_error_at_the_start(stack, content, said):
    if isinstance(content, dict):
        archive(stack, content)
    else:
        with open(stack.path('lib.zip'), 'wb') as file:
            file.write(content)
    router = served(stack, wait=False)
    assert router.wait() == 1
    assert said in router.log()
    assert not os.path.exists(stack.path('state/archives')) or os.listdir(stack.path('state/archives')) == []


def test_what_is_wrong_in_the_file_is_told_with_its_place(stack):
    archive(stack, MEMBERS)
    for more, said in (('hashes = ["abc"]', 'wants 64 hex digits: a SHA-256'), ('object_prefix = "../x"', 'object_prefix'),
                       ('mime_types = { ".js" = "text" }', 'a media type'),
                       ('[[sites.archives]]\npath = "/lib"\nfile = "lib.zip"', 'has this path, too'),
                       ('[[sites.archives]]\npath = "/b"\nfile = "no.zip"', 'no file that can be read')):
        done = s.check(stack, text_of(8080, more))
        assert done.returncode == 1 and said in done.stderr, (more, done.stderr)


def test_a_client_that_reads_a_large_member_slowly_costs_no_memory(stack):
    archive(stack, {'large': os.urandom(1 << 20) * 64})
    router = served(stack)
    base = router.rss()
    with router.connect() as connection:
        connection.send_request('GET', '/lib/large')
        for _ in range(4):
            connection.fill()
        assert router.rss() - base < 16 << 20
    assert len(get(router, '/lib/large').body) == 64 << 20
