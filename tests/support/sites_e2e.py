"""A router with a configuration file, in front of origins.

Owner: a test.   Thread: the test's.
Not here: the origins (origins.py), checks (tests/e2e/test_sites_*.py).

Files are TOML. Where a site listens is a free port of 127.0.0.1.
"""
import os
import subprocess

import zeroway_e2e as z

NEVER_OUT = '[sites.proxy.health_check]\nfall = 1000'  # for tests of servers that do nothing but wrong


def write(stack, text, name='router.toml'):
    with open(stack.path(name), 'w') as file:
        file.write(text)
    return stack.path(name)


def serve(stack, text, port, *options, name='router.toml', wait=True):
    """A router with the file `text`. With `wait`, it listens at `port` when this returns. Workers of the test connect
    to its first router."""
    others = sum(isinstance(process, z.RouterProcess) for process in stack.processes)
    fabric = stack.ipc(f'fabric-{others}' if others else 'fabric')
    argv = [z.program('router'), '-v', '-c', write(stack, text, name), '--fabric', fabric, *map(str, options)]
    router = z.RouterProcess('router', argv, stack.path(f'{len(stack.processes)}-router.log'), fabric, port)
    stack.processes.append(router)
    return router.wait_bound() if wait else router


def check(stack, text, *options, name='router.toml'):
    """The ended `router --check` of a file."""
    return subprocess.run([z.program('router'), '--check', '-c', write(stack, text, name), *options],
                          capture_output=True, text=True, timeout=z.PATIENCE * z.SLOW)


def site(port, host='zeroway.test', name='main', more=''):
    return f'[[sites]]\nname = "{name}"\nhostname = "{host}"\nlisten = ["127.0.0.1:{port}"]\n{more}\n'


def pool(*members, name='backend'):
    """A pool of origins or URLs; a pair has further keys behind the origin."""
    text = ''
    for member in members:
        origin, more = member if isinstance(member, tuple) else (member, '')
        url = getattr(origin, 'url', origin)
        text += f'[[sites.proxy.upstreams]]\nname = "{name}"\nurl = "{url}"\n{more}\n'
    return text


def route(path='/', to='backend', more=''):
    return f'[[sites.proxy.routes]]\npath = "{path}"\nupstream = "{to}"\n{more}\n'


def proxied(port, *members, top='', in_site='', in_proxy='', in_route='', tables='', path='/'):
    """The file of one site, whose paths from `path` on go to a pool of the members."""
    return (f'{top}\n{site(port, more=in_site)}[sites.proxy]\nenabled = true\n{in_proxy}\n'
            + pool(*members) + route(path, more=in_route) + tables + '\n')


def front(stack, *members, options=(), **parts):
    """A router with the file of proxied()."""
    port = z.free_port()
    return serve(stack, proxied(port, *members, **parts), port, *options)


def example(name):
    with open(os.path.join(z.ROOT, 'examples', 'sites', name)) as file:
        return file.read()


def examples():
    return sorted(name for name in os.listdir(os.path.join(z.ROOT, 'examples', 'sites')) if name.endswith('.toml'))
