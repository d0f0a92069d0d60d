"""logrotate: files that were moved away are opened anew at SIGHUP, and no line is lost or torn."""
import os
import re
import signal
import threading

import zeroway_e2e as z


def read(path):
    with open(path) as file:
        return file.read()


def test_both_files_are_opened_anew(stack):
    access, log = stack.path('access'), stack.path('log')
    router = stack.router('--access-log', access, '-l', log)
    stack.worker('worker-1')
    router.wait_workers(1)
    assert router.get('/before').status == 200
    z.eventually(lambda: '"GET /before ' in read(access))
    os.rename(access, access + '.1')
    os.rename(log, log + '.1')
    router.signal(signal.SIGHUP)
    z.eventually(lambda: os.path.exists(access) and os.path.exists(log))
    assert router.get('/after').status == 200
    z.eventually(lambda: '"GET /after ' in read(access))
    z.eventually(lambda: 'SIGHUP' in read(log))
    assert 'SIGHUP' not in read(log + '.1')
    assert 'serving http' in read(log + '.1')
    assert router.get('/after').status == 200


def test_a_file_that_cannot_be_made_again_stays(stack):
    os.mkdir(stack.path('d'))
    access, log = stack.path('d/access'), stack.path('d/log')
    router = stack.router('--access-log', access, '-l', log)
    os.rename(stack.path('d'), stack.path('e'))
    router.signal(signal.SIGHUP)
    for name in (access, log):
        router.wait_log(f"cannot open (access )?log '{name}' anew, the old one stays in use: No such file")
    assert router.get().status == 503
    z.eventually(lambda: '"GET / HTTP/1.1" 503 ' in read(stack.path('e/access')))
    z.eventually(lambda: 'anew' in read(stack.path('e/log')))


def test_rotations_under_load_lose_no_line(stack):
    access = stack.path('access')
    router = stack.router('--access-log', access, '--threads', '2', fabric=f'tcp://127.0.0.1:{z.free_port(4)}')
    stack.worker('worker-1', connect=router.fabric)
    router.wait_workers(2)  # one for each loop
    asked, is_over = [0, 0], threading.Event()

    def ask(index):
        while not is_over.is_set():
            with router.connect() as connection:
                for _ in range(50):
                    assert connection.request(path=f'/{index}-{asked[index]}').status == 200
                    asked[index] += 1
    threads = [threading.Thread(target=ask, args=[index]) for index in range(2)]
    for thread in threads:
        thread.start()
    names = [f'{access}.{number}' for number in range(5)]
    try:
        for name in names:
            z.eventually(lambda: os.path.exists(access) and read(access))
            os.rename(access, name)
            router.signal(signal.SIGHUP)
        z.eventually(lambda: os.path.exists(access))
    finally:
        is_over.set()
        for thread in threads:
            thread.join()
    router.terminate()
    assert router.wait() == 0
    lines = ''.join(map(read, [*names, access])).splitlines()
    paths = [re.fullmatch(r'127\.0\.0\.1 - - \[[^]]*\] "GET /(\d)-(\d+) HTTP/1\.1" 200 .*', line).groups() for line in lines]
    assert sorted(paths) == sorted((str(index), str(n)) for index in range(2) for n in range(asked[index]))
