"""The description of the management API is right: each path that there is, each parameter and body that it shows, each
reply that comes."""
import json
import re
import urllib.parse

import jsonschema
import pytest
import sites_e2e as s
import zeroway_e2e as z
from management_e2e import TOKEN, ask, manage_with_token, told
from origins import Origin, reply

METHODS = ('get', 'post', 'put', 'patch', 'delete')


class Api:
    """A busy router with a worker, a server and a token, and its description."""

    def __init__(self, stack):
        self.origin = stack.closing(Origin(lambda request: reply(b'x')))
        self.site_port, self.port = z.free_port(), z.free_port()
        text = s.proxied(self.site_port, self.origin, path='/api', in_site='max_open_requests = 100\n'
                         '[sites.rate_limit]\nrequests_per_minute = 6000\n')
        self.router = s.serve(stack, text, self.site_port, *manage_with_token(stack, self.port))
        stack.worker('worker-1')
        self.router.wait_workers(1)
        for path in ('/api/x', '/x', '/api/y'):
            assert self.router.get(path).status == 200
        self.router.request('BAD METHOD', '/')
        circuit = json.dumps({'session': 's1', 'service': 'a', 'backends': [{'host': '127.0.0.1', 'port': self.origin.port}]})
        assert ask(self.port, '/api/v1/circuits/my-notebook', 'PUT', token=TOKEN, body=circuit.encode()).status == 200
        self.text = told(self.port, '/api/v1/openapi.json')

    def resolve(self, node):
        while '$ref' in node:
            assert node['$ref'].startswith('#/'), node
            target = self.text
            for part in node['$ref'][2:].split('/'):
                target = target[part]
            node = target
        return node

    def check(self, value, schema):
        jsonschema.Draft202012Validator({**schema, 'components': self.text['components']}).validate(value)

    def operations(self):
        for path, item in self.text['paths'].items():
            for method in METHODS:
                if method in item:
                    yield method.upper(), path, item[method]

    def target(self, path, operation):
        """With the examples of its parameters; names that there are in this router."""
        name = self.origin.url.removeprefix('http://') if '/servers/' in path else 'worker-1'
        path = path.replace('{name}', urllib.parse.quote(name, safe=''))
        query = {}
        for parameter in operation.get('parameters', ()):
            if parameter['in'] == 'path':
                path = path.replace('{' + parameter['name'] + '}', urllib.parse.quote(parameter['example'], safe=''))
            elif 'example' in parameter:
                query[parameter['name']] = parameter['example']
        return path + ('?' + urllib.parse.urlencode(query) if query else '')

    def check_reply(self, answer, operation):
        described = operation['responses'].get(str(answer.status))
        assert described is not None, (answer, list(operation['responses']))
        content = self.resolve(described)['content']
        kind = answer.get('content-type').split(';')[0]
        assert kind in content, (kind, content)
        if kind.endswith('json'):
            self.check(json.loads(answer.body), content[kind]['schema'])


@pytest.fixture(scope='module')
def api():
    stack = z.Stack()
    try:
        yield Api(stack)
    finally:
        stack.close()


def test_it_is_whole(api):
    """As OpenAPI 3.1 has it: references, schemas, parameters of paths, names of operations."""
    assert re.fullmatch(r'3\.1\.\d', api.text['openapi']) and api.text['info']['title'] and api.text['info']['version']
    for schema in api.text['components']['schemas'].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    references = re.findall(r'"\$ref": "([^"]+)"', json.dumps(api.text))
    for reference in set(references):
        api.resolve({'$ref': reference})
    used = {reference.rsplit('/', 1)[1] for reference in references if '/schemas/' in reference}
    assert used == set(api.text['components']['schemas'])
    operations = list(api.operations())
    names = [operation['operationId'] for _, _, operation in operations]
    assert len(names) == len(set(names)) > 30
    for method, path, operation in operations:
        in_path = {parameter['name'] for parameter in operation.get('parameters', ()) if parameter['in'] == 'path'}
        assert in_path == set(re.findall(r'{(\w+)}', path)), path
        assert operation['summary'] and operation['responses'], path
        for parameter in operation.get('parameters', ()):
            jsonschema.Draft202012Validator.check_schema(parameter['schema'])


def test_every_path_is_described_and_no_other(api):
    index = told(api.port, '/api/v1')
    there = {name if ' ' in name else 'GET ' + name for name in index} | {'GET /api/v1'}
    described = {method + ' ' + path.replace('{name}', 'NAME').replace('{id}', 'ID') for method, path, _ in api.operations()}
    assert there == described


def test_every_path_that_is_read_answers_as_described(api):
    for method, path, operation in api.operations():
        if method != 'GET' or path.endswith('/events'):
            continue
        answer = ask(api.port, api.target(path, operation))
        assert answer.status == 200, (path, answer)
        api.check_reply(answer, operation)
        assert ask(api.port, api.target(path, operation), 'HEAD').status == 200, path


def test_every_parameter_refuses_what_does_not_fit(api):
    for method, path, operation in api.operations():
        if method != 'GET' or not path.startswith('/api/v1/'):
            continue  # probes and scrapers may add what they like
        answer = ask(api.port, path + '?nonsense=1')
        assert answer.status == 400, (path, answer)
        if '400' in operation['responses']:
            api.check_reply(answer, operation)


def test_every_change_answers_as_described(api):
    for method, path, operation in api.operations():
        if method == 'GET' or path.endswith('/drain'):
            continue
        target = api.target(path, operation)
        bodies = [None]
        if 'requestBody' in operation:
            content = operation['requestBody']['content']['application/json']
            bodies = [json.dumps(example['value']).encode() for example in content['examples'].values()]
            for body in bodies:
                api.check(json.loads(body), content['schema'])
            refused = ask(api.port, target, method, token=TOKEN, body=b'{"nonsense": 1}')
            assert refused.status == 400, (path, refused)
            api.check_reply(refused, operation)
        for body in bodies:
            answer = ask(api.port, target, method, token=TOKEN, body=body)
            is_nobody = method == 'DELETE' and '/circuits/' not in path
            assert answer.status == (404 if is_nobody else 200), (method, target, answer)
            api.check_reply(answer, operation)
        unknown = ask(api.port, target, method, body=bodies[0])
        assert unknown.status == 401, (path, unknown)
        api.check_reply(unknown, operation)
    assert ask(api.port, '/health').status == 200


def test_events_are_as_described(api):
    operation = api.text['paths']['/api/v1/events']['get']
    with z.Connection(api.port, z.PATIENCE * z.SLOW) as connection:
        connection.send(connection.head_bytes('GET', api.target('/api/v1/events', operation), [('Host', 'localhost')], host=None))
        assert connection.read_head().get('content-type') == 'text/event-stream'
        text = b''
        while b'event: numbers' not in text or not text.endswith(b'\n\n'):
            text += connection.take(int(connection.take_until(b'\r\n'), 16))
            connection.take(2)
    schema = operation['responses']['200']['content']['text/event-stream']['schema']
    kinds = set()
    for event in text.decode().split('\n\n')[:-1]:
        fields = dict(line.split(': ', 1) for line in event.split('\n'))
        kinds.add(fields['event'])
        api.check(json.loads(fields['data']),
                  {'$ref': '#/components/schemas/Numbers'} if fields['event'] == 'numbers' else schema)
    assert {'worker_joined', 'numbers'} <= kinds, kinds
