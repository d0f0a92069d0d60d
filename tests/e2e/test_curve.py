"""With keys, only workers that are allowed to come get requests, over an encrypted fabric."""
import fabric_peer as f
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
    router.wait_log('its key is not allowed')
    router.wait_log('one side uses CURVE keys, the other does not')


def test_a_key_file_that_is_none_is_named(stack):
    bad = write(stack.path('bad.key'), 'too short\n')
    router = stack.router('--fabric-key', bad, fabric=stack.tcp(), wait=False)
    assert router.wait() != 0
    assert 'bad.key' in router.log()
