"""tools/keygen makes what the fabric's options take, and never destroys a key."""
import os
import stat
import subprocess

import zeroway_e2e as z


def keygen(folder, *words):
    return subprocess.run([os.path.join(z.ROOT, 'tools', 'keygen'), *words], cwd=folder, capture_output=True, text=True)


def test_made_keys_open_the_fabric_to_their_owner(stack):
    for name in ('router', 'worker'):
        assert keygen(stack.folder, name).returncode == 0
    router = stack.router('--fabric-key', stack.path('router.key'), '--fabric-allow', stack.path('worker.pub'),
                          fabric=stack.tcp().replace('127.0.0.1', '0.0.0.0'))
    stack.worker('worker-1', '--key', stack.path('worker.key'), '--router-key', stack.path('router.pub'),
                 connect=router.fabric.replace('0.0.0.0', '127.0.0.1'))
    router.wait_workers(1)
    assert router.get().text == 'Hello from worker-1\n'


def test_the_secret_half_is_readable_by_its_owner_alone(stack):
    assert keygen(stack.folder, 'mine').returncode == 0
    assert stat.S_IMODE(os.stat(stack.path('mine.key')).st_mode) == 0o600
    secret, public = (open(stack.path(f'mine.{end}')).read() for end in ('key', 'pub'))
    assert len(secret) == len(public) == 41 and secret != public


def test_what_is_there_is_kept_and_named(stack):
    assert keygen(stack.folder, 'mine').returncode == 0
    before = open(stack.path('mine.key')).read()
    os.remove(stack.path('mine.pub'))
    again = keygen(stack.folder, 'mine')
    assert again.returncode == 1 and 'mine.key' in again.stderr
    assert open(stack.path('mine.key')).read() == before
    assert not os.path.exists(stack.path('mine.pub'))


def test_what_is_no_name_writes_nothing(stack):
    for words in ((), ('',), ('a', 'b'), ('--made',), ('keys/',)):
        done = keygen(stack.folder, *words)
        assert done.returncode == 2 and 'NAME' in done.stderr and done.stdout == '', words
    assert [name for name in os.listdir(stack.folder) if name.endswith(('.key', '.pub'))] == []


def test_a_fabric_without_keys_may_be_open_to_all_when_told_so(stack):
    fabric = stack.tcp().replace('127.0.0.1', '0.0.0.0')
    router = stack.router('--fabric-insecure', fabric=fabric)
    stack.worker('worker-1', connect=fabric.replace('0.0.0.0', '127.0.0.1'))
    router.wait_workers(1)
    assert router.get().status == 200
