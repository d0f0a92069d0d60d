"""Prometheus reads what the router tells of itself, and judges it by the alerts of examples/monitoring."""
import json
import os
import re
import subprocess
import urllib.parse

import zeroway_e2e as z

EXAMPLES = os.path.join(z.ROOT, 'examples', 'monitoring')
SCRAPES = 120 if z.LONG else 5


def promtool(*words):
    done = subprocess.run(['promtool', *words], cwd=EXAMPLES, capture_output=True, text=True, timeout=120 * z.SLOW)
    assert done.returncode == 0, done.stdout + done.stderr


def ask(port, path):
    with z.Connection(port, z.PATIENCE * z.SLOW) as connection:
        connection.send(connection.head_bytes('GET', path, host='localhost'))
        answer = connection.read_reply()
    assert answer.status == 200, answer.body
    return answer.body


def value(port, query):
    """The single value of a query to Prometheus; None when it has none."""
    found = json.loads(ask(port, '/api/v1/query?query=' + urllib.parse.quote(query)))['data']['result']
    return float(found[0]['value'][1]) if found else None


def test_the_examples_are_right():
    promtool('check', 'rules', 'alerts.yml')
    promtool('test', 'rules', 'alerts_test.yml')
    promtool('check', 'config', 'prometheus.yml')


def test_every_metric_of_the_alerts_is_told(stack):
    port = z.free_port()
    stack.router('--manage', f'127.0.0.1:{port}')
    told = set(re.findall(r'^# TYPE (\S+)', ask(port, '/metrics').decode(), re.M))
    with open(os.path.join(EXAMPLES, 'alerts.yml')) as file:
        named = set(re.findall(r'\b(?:zeroway|process)_\w+', re.sub(r'(?m)^\s*(summary|description):.*$', '', file.read())))
    assert named and {name.removesuffix('_bucket') for name in named} <= told


def expressions():
    """Of the dashboard, for every router."""
    with open(os.path.join(EXAMPLES, 'dashboard.json')) as file:
        panels = json.load(file)['panels']
    return [target['expr'].replace('$instance', '.*').replace('$job', '.*') for panel in panels for target in panel['targets']]


def test_every_metric_of_the_dashboard_is_told(stack):
    port = z.free_port()
    stack.router('--manage', f'127.0.0.1:{port}')
    told = set(re.findall(r'^# TYPE (\S+)', ask(port, '/metrics').decode(), re.M))
    named = {name.removesuffix('_bucket') for text in expressions() for name in re.findall(r'\b(?:zeroway|process)_\w+', text)}
    assert len(named) > 15 and named <= told, named - told


def test_prometheus_scrapes_a_busy_router(stack):
    manage, port = z.free_port(), z.free_port()
    router = stack.router('--manage', f'127.0.0.1:{manage}', '--threads', 2)
    stack.worker('worker-1')
    router.wait_workers(2)
    config = stack.path('prometheus.yml')
    with open(config, 'w') as file:
        file.write('global: {scrape_interval: 1s}\nscrape_configs:\n- job_name: zeroway\n  static_configs:\n'
                   f'  - targets: ["127.0.0.1:{manage}"]\n- job_name: self\n  static_configs:\n'
                   f'  - targets: ["127.0.0.1:{port}"]\n')
    prometheus = stack.start(['prometheus', f'--config.file={config}', f'--storage.tsdb.path={stack.path("data")}',
                              f'--web.listen-address=127.0.0.1:{port}'], name='prometheus')
    prometheus.wait_log('ready to receive', 60)

    def has_scraped():
        assert router.get().status == 200
        return (value(port, 'count_over_time(up{job="zeroway"}[1h])') or 0) >= SCRAPES
    z.eventually(has_scraped, 3 * z.PATIENCE + SCRAPES, every=0.2, what=f'{SCRAPES} scrapes')
    assert value(port, 'min_over_time(up{job="zeroway"}[1h])') == 1
    assert value(port, 'sum(zeroway_requests_total{status="2xx",backend=""})') > 0
    answered = [text for text in expressions() if value(port, text) is not None]  # Prometheus understands all of them
    assert len(answered) > 10, answered
    for trouble in ('duplicate_timestamp', 'out_of_bounds', 'out_of_order'):
        assert not value(port, f'prometheus_target_scrapes_sample_{trouble}_total'), trouble
    assert not value(port, 'prometheus_target_scrapes_exceeded_sample_limit_total')
    assert 'level=warn' not in prometheus.log(), prometheus.log()[-3_000:]
