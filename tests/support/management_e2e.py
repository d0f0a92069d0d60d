"""A router with a management listener and a token, and how a test asks it."""
import json

import zeroway_e2e as z

TOKEN = 'a-token-of-24-bytes-0123'


def token_file(stack, text=TOKEN + '\n', name='token'):
    """Writes a file with this text in the stack's folder. Returns its path."""
    with open(stack.path(name), 'w') as file:
        file.write(text)
    return stack.path(name)


def manage_with_token(stack, port):
    """The router's options for a management listener on this port, with a token."""
    return '--manage', f'127.0.0.1:{port}', '--manage-token-file', token_file(stack)


def managed(stack, *options, port=None, **terms):
    """A router without a file, with a management listener and a token. Returns it with the listener's port."""
    port = port or z.free_port()
    return stack.router(*manage_with_token(stack, port), *options, **terms), port


def ask(port, path='/', method='GET', host='127.0.0.1', token=None, body=None, headers=()):
    """The reply of the management listener on this port."""
    fields = [('Host', host), *headers]
    if token:
        fields.append(('Authorization', f'Bearer {token}'))
    if body is not None:
        fields += [('Content-Type', 'application/json'), ('Content-Length', str(len(body)))]
    with z.Connection(port, z.PATIENCE * z.SLOW) as connection:
        connection.send(connection.head_bytes(method, path, fields, host=None) + (body or b''))
        return connection.read_reply(method)


def metric(port, name):
    """The value of a metric without labels."""
    lines = ask(port, '/metrics').body.decode().splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith(name + ' ')))


def told(port, path):
    """The JSON of a reply, which must be 200."""
    answer = ask(port, path)
    assert answer.status == 200, answer.body
    return json.loads(answer.body)


def samples(text):
    """The values of a reply of `/metrics`: {name: {labels as text: value}}."""
    found = {}
    for line in text.splitlines():
        if line.startswith('#'):
            continue
        name, value = line.rsplit(' ', 1)
        name, _, labels = name.partition('{')
        found.setdefault(name, {})[labels.rstrip('}')] = float(value)
    return found
