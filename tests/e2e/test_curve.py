"""With keys, only workers that are allowed to come get requests, over an encrypted fabric."""
import os
import subprocess

import fabric_peer as f
import pytest
import zeroway_e2e as z
import zmq


def write(path, text):
    with open(path, 'w') as file:
        file.write(text)
    return path


def make_keys(stack, name):
    public, secret = (key.decode() for key in zmq.curve_keypair())
    return public, write(stack.path(name), secret + '\n')


def start(stack):
    router_public, router_file = make_keys(stack, 'router.key')
    worker_public, worker_file = make_keys(stack, 'worker.key')
    allowed = write(stack.path('allowed'), f'# workers\n{worker_public}\n')
    fabric = stack.tcp()
    router = stack.router('--fabric-key', router_file, '--fabric-allow', allowed, fabric=fabric)
    return router, router_public, worker_file


def test_an_allowed_worker_serves(stack):
    router, router_public, worker_file = start(stack)
    stack.worker('good', '--key', worker_file, '--router-key', router_public, connect=router.fabric)
    router.wait_workers(1)
    assert router.get().text == 'Hello from good\n'


def test_that_nobody_is_kept_out_is_told(stack):
    _, router_file = make_keys(stack, 'router.key')
    stack.router('--fabric-key', router_file).wait_log('without --fabric-allow whoever knows')


def test_strangers_and_plain_peers_stay_outside(stack):
    router, router_public, worker_file = start(stack)
    _, stranger_file = make_keys(stack, 'stranger.key')
    stack.worker('stranger', '--key', stranger_file, '--router-key', router_public, connect=router.fabric)
    stack.worker('plain', connect=router.fabric)
    stack.closing(f.FabricPeer(router.fabric)).hello()
    stack.worker('good', '--key', worker_file, '--router-key', router_public, connect=router.fabric)
    router.wait_workers(1)
    with z.Load(router.port, 4, z.get_hello) as load:
        load.wait_more(100)
    assert load.failed == []
    assert set(load.by_worker()) == {'good'}
    assert router.counters()['workers'] == 1
    router.wait_log(r'from 127\.0\.0\.1: its public key \S+ is not among --fabric-allow')
    router.wait_log('one side uses CURVE keys, the other does not')


def test_a_key_file_that_is_none_is_named(stack):
    bad = write(stack.path('bad.key'), 'too short\n')
    router = stack.router('--fabric-key', bad, fabric=stack.tcp(), wait=False)
    assert router.wait() != 0
    assert 'bad.key' in router.log()


@pytest.mark.parametrize('words, told', [
    (['--fabric-key', '{router.pub}'], ['router.pub', 'public half', 'router.key']),
    (['--fabric-key', '{router.key}', '--fabric-allow', '{worker.key}'], ['worker.key', 'secret half', 'worker.pub'])])
def test_the_wrong_half_of_a_pair_is_refused_at_the_start(stack, words, told):
    for name in ('router', 'worker'):
        subprocess.run([os.path.join(z.ROOT, 'tools', 'keygen'), stack.path(name)], check=True, capture_output=True)
    words = [stack.path(word[1:-1]) if word.startswith('{') else word for word in words]
    done = subprocess.run([z.program('router'), '-p', '0', '--fabric', stack.tcp(), *words], capture_output=True, text=True,
                          timeout=z.PATIENCE * z.SLOW)
    assert done.returncode == 1
    assert all(word in done.stderr for word in told), done.stderr


def test_a_secret_key_among_the_allowed_ones_is_refused(stack):
    """Every second secret key can be told from a public one, by its highest bit."""
    def make(number):
        name = stack.path(f'pair-{number}')
        subprocess.run([os.path.join(z.ROOT, 'tools', 'keygen'), name], check=True, capture_output=True)
        return [open(f'{name}.{half}').read().strip() for half in ('key', 'pub')]

    def highest_bit(key):
        alphabet = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#'
        value = 0
        for character in key[-5:]:
            value = value * 85 + alphabet.index(character)
        return value & 0x80
    pairs = [make(number) for number in range(20)]
    assert not any(highest_bit(public) for _, public in pairs)
    secret = next(secret for secret, _ in pairs if highest_bit(secret))
    with open(stack.path('allowed'), 'w') as file:
        file.write('\n'.join([pairs[0][1], secret]) + '\n')
    done = subprocess.run([z.program('router'), '-p', '0', '--fabric', stack.tcp(), '--fabric-key', stack.path('pair-1.key'),
                           '--fabric-allow', stack.path('allowed')], capture_output=True, text=True,
                          timeout=z.PATIENCE * z.SLOW)
    assert done.returncode == 1 and 'key 2 is no public key' in done.stderr
