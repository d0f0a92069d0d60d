"""Circuits of the management API in end-to-end tests: a router that serves sessions, and what is put there."""
import json
import os

import management_e2e as m
import sites_e2e as s
import zeroway_e2e as z


class Circuits:
    """A router with a site for sessions, a management listener, a token and a state directory."""

    def __init__(self, stack, *options, more='', in_site=''):
        self.state = stack.path('state')
        os.makedirs(self.state, exist_ok=True)
        port, self.management = z.free_port(), z.free_port()
        text = s.site(port, more='fabric = false\n[sites.sessions]\nenabled = true\n' + more + in_site)
        self.router = s.serve(stack, text, port, *m.manage_with_token(stack, self.management), '--state-dir',
                              self.state, '--queue-timeout', '1s', *options)

    def put(self, id, session='s1', service='a', backends=(), status=200, **more):
        """Puts a circuit; `backends`: origins, ports, or whole objects."""
        body = {'session': session, 'service': service, 'backends': [backend(one) for one in backends], **more}
        return self.change(f'/api/v1/circuits/{id}', 'PUT', body, status)

    def remove(self, id, status=200):
        return self.change(f'/api/v1/circuits/{id}', 'DELETE', None, status)

    def bulk(self, status=200, **body):
        return self.change('/api/v1/circuits', 'POST', body, status)

    def change(self, path, method, body, status=200):
        text = None if body is None else json.dumps(body).encode()
        answer = m.ask(self.management, path, method, token=m.TOKEN, body=text)
        assert answer.status == status, (answer.status, answer.body)
        return json.loads(answer.body)

    def told(self, path='/api/v1/circuits'):
        return m.told(self.management, path)

    def get(self, path, *fields):
        with self.router.connect() as connection:
            return connection.request('GET', path, list(fields))

    def wait_gone(self, path):
        """Behind the first second of the router, in which workers may come that it does not know."""
        z.eventually(lambda: self.get(path).status == 404, what=f'nobody has {path}')

    def members(self, id):
        """{name: state}"""
        return {member['name']: member['state'] for member in self.told(f'/api/v1/circuits/{id}')['members']}


def backend(one):
    if isinstance(one, dict):
        return one
    return {'host': '127.0.0.1', 'port': one if isinstance(one, int) else one.port}


def draining(one, state='draining', **more):
    return {**backend(one), 'state': state, **more}


def split(circuits, path, count, *fields):
    """How often each origin answers, by name."""
    found = {}
    for _ in range(count):
        answer = circuits.get(path, *fields)
        assert answer.status == 200, (answer.status, answer.body)
        name = answer.body.decode()
        found[name] = found.get(name, 0) + 1
    return dict(sorted(found.items()))


__all__ = ['Circuits', 'backend', 'draining', 'split', 'z']
