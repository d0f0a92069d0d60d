"""Certificates by ACME: ordered when the authority is there, kept over restarts, renewed under load."""
import os
import random
import re
import signal
import threading
import time

import pytest

import acme_e2e as a
import sites_e2e as s
import zeroway_e2e as z


BY_TLS = '[sites.ssl.acme]\nchallenge = "tls-alpn-01"'


def file_of(stack, pebble, http, tls):
    """One name is proven over HTTP, where its site redirects every path; the other one by TLS."""
    return (f'state_dir = "{stack.path("state")}"\n' + pebble.acme('challenge = "http-01"')
            + a.plain_site(http, 'a.test', 'redirect_to_https = true') + a.secure_site(tls, 'a.test')
            + a.secure_site(tls, 'b.test', name='other', more=BY_TLS))


def start(stack, life=None, refused_nonces=5):
    http, tls = z.free_port(), z.free_port()
    pebble = a.Pebble(stack, http, tls, life=life, refused_nonces=refused_nonces)
    text = file_of(stack, pebble, http, tls)
    return pebble, s.serve(stack, text, tls, '--threads', 2), text, http, tls


def test_names_have_certificates_by_both_challenges_once_the_authority_is_there_and_keep_them(stack):
    http, tls = z.free_port(), z.free_port()
    pebble = a.Pebble(stack, http, tls)
    pebble.process.kill()
    text = file_of(stack, pebble, http, tls)
    router = s.serve(stack, text, tls, '--threads', 2)
    router.wait_log('there is none yet: browsers refuse the temporary one')
    assert a.certificate_of(tls, 'a.test'), 'before the first order a temporary certificate is served'
    for name in ('a.test', 'b.test'):
        router.wait_log(rf'certificate for {name}: no new one \(1 times in a row\): .*; tried again in \d+ seconds')
    # The redirect of the site does not take a challenge, and takes what is none.
    assert a.get(http, 'a.test', '/.well-known/acme-challenge/not-pending').status == 301

    pebble.start()
    began = time.monotonic()
    router.signal(signal.SIGHUP)  # the operator does not want to wait
    marks = [a.wait_for(router, tls, name, pebble, 3 * z.PATIENCE) for name in ('a.test', 'b.test')]
    print(f'two certificates after {time.monotonic() - began:.1f} s')
    assert router.log().count('certificate for a.test: no new one') == 1, 'told once an hour'
    state = stack.path('state')
    assert os.stat(state).st_mode & 0o777 == 0o700
    assert [file for file in a.files_below(state) if os.stat(file).st_mode & 0o077] == []

    router.kill()
    pebble.process.kill()  # a start needs no authority
    again = s.serve(stack, text, tls, name='again.toml')
    assert [a.mark_of(a.certificate_of(tls, name, pebble.roots)) for name in ('a.test', 'b.test')] == marks
    assert 'there is none yet' not in again.log()


def test_the_first_orders_succeed_at_once_because_they_begin_when_their_challenges_are_answered(stack):
    """With the authority there from the first moment on: a first order that fails costs a unit of its limits."""
    pebble, router, _, _, tls = start(stack, refused_nonces=0)
    for name in ('a.test', 'b.test'):
        a.wait_for(router, tls, name, pebble, 3 * z.PATIENCE)
    assert 'no new one' not in router.log()


def test_certificates_of_short_life_warn_of_their_end_only_when_their_renewal_fails(stack):
    """Lives of six days, all below the two weeks before whose end other certificates are warned of."""
    day = 24 * 3600
    url = f'https://127.0.0.1:{z.free_port()}/dir'  # nobody is there
    state = stack.path('state')
    left = {'fresh.test': 5 * day, 'due.test': 1.5 * day, 'late.test': 0.5 * day}
    for name, seconds in left.items():
        a.store(stack, a.folder_of(state, url), name, seconds - 6 * day, seconds)
    tls = z.free_port()
    router = s.serve(stack, f'state_dir = "{state}"\n[acme]\nemail = "a@b.test"\ndirectory_url = "{url}"\n'
                     + a.secure_site(tls, *left), tls)
    for name in ('due.test', 'late.test'):
        router.wait_log(rf'certificate for {name}: no new one')
    router.wait_log(r'certificate for late\.test expires in 11 hours, on .*, and has not been renewed')
    router.signal(signal.SIGHUP)  # tried again, and not told again
    for name in left:
        assert a.certificate_of(tls, name)
    assert [line for line in router.log().splitlines() if 'expires' in line and 'late.test' not in line] == []
    assert router.log().count(' expires in ') == 1


def test_an_authority_that_knows_its_customers_gives_certificates_to_them_alone(stack):
    http, tls = z.free_port(), z.free_port()
    key = 'zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W'
    pebble = a.Pebble(stack, http, tls, accounts={'kid-1': key})
    sites = a.plain_site(http, 'a.test') + a.secure_site(tls, 'a.test')

    def file_with(state, more):
        return f'state_dir = "{stack.path(state)}"\n' + pebble.acme(more) + sites
    stranger = s.serve(stack, file_with('stranger', ''), tls)
    stranger.wait_log(r'certificate for a\.test: no new one \(1 times in a row\): .*(?i:external account)', 3 * z.PATIENCE)
    stranger.kill()
    customer = s.serve(stack, file_with('customer', f'eab_key_id = "kid-1"\neab_hmac = "{key}"'), tls, name='eab.toml')
    a.wait_for(customer, tls, 'a.test', pebble, 3 * z.PATIENCE)
    assert key not in customer.log()


@pytest.mark.skipif(not z.LONG, reason='ZEROWAY_LONG=1: half a minute of load')
def test_a_renewal_under_load_fails_no_handshake(stack):
    pebble, router, text, http, tls = start(stack, life=45, refused_nonces=0)
    first = a.wait_for(router, tls, 'a.test', pebble, 3 * z.PATIENCE)
    failed, marks, over, asked = [], set(), threading.Event(), 0

    def ask():
        nonlocal asked
        next_at = time.monotonic()
        while not over.is_set():
            try:
                marks.add(a.mark_of(a.certificate_of(tls, 'a.test', pebble.roots)))
                asked += 1
            except (OSError, TypeError) as error:
                failed.append(repr(error))
            next_at += 0.04
            time.sleep(max(0, next_at - time.monotonic()))
    began, threads = time.monotonic(), [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    try:
        z.eventually(lambda: len(marks) > 1, 6 * z.PATIENCE, what='a renewal')
    finally:
        over.set()
        for thread in threads:
            thread.join()
    print(f'{asked} handshakes, {asked / (time.monotonic() - began):.0f} a second')
    assert not failed, failed[:3]
    assert marks > {first}


@pytest.mark.skipif(not z.LONG, reason='ZEROWAY_LONG=1: twenty orders that are cut off')
def test_a_router_killed_at_any_moment_goes_on_at_the_next_start(stack):
    pebble, router, text, http, tls = start(stack)
    for _ in range(20):
        time.sleep(random.random() * 4)
        children = [int(pid) for pid in re.findall(r'\d+', _children(router.pid))]
        if children and random.random() < 0.5:
            os.kill(random.choice(children), signal.SIGKILL)
        router.kill()
        router = s.serve(stack, text, tls)
    for name in ('a.test', 'b.test'):
        a.wait_for(router, tls, name, pebble, 6 * z.PATIENCE)
    assert [file for file in a.files_below(stack.path('state')) if file.endswith('.tmp')] == []


def _children(pid):
    with open(f'/proc/{pid}/task/{pid}/children') as file:
        return file.read()
