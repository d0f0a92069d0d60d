"""Debian's Jupyter notebook as a service of two sessions, used in Chromium: a kernel runs and its output streams, a
terminal opens, and the end of one session leaves the other alone."""
import json
import os
import shutil
import time

import pytest

import zeroway_e2e as z
from browser import Browser
from circuits_e2e import Circuits

pytestmark = pytest.mark.skipif(os.environ.get('ZEROWAY_LONG') != '1', reason='needs jupyter-notebook; ZEROWAY_LONG=1')

CODE = 'import time\nfor number in range(12):\n    print("tick", number, flush=True)\n    time.sleep(0.5)\n'


def notebook_file(path):
    cell = {'cell_type': 'code', 'execution_count': None, 'metadata': {}, 'outputs': [], 'source': CODE}
    with open(path, 'w') as file:
        json.dump({'cells': [cell], 'metadata': {'kernelspec': {'name': 'python3', 'display_name': 'Python 3'}},
                   'nbformat': 4, 'nbformat_minor': 4}, file)


# Debian's page for terminals does not load, also without a router ("exports is not defined"), so the notebook's page uses
# the socket of a terminal itself. It stays open.
TERMINAL = '''(async () => {
  const xsrf = document.cookie.match(/_xsrf=([^;]*)/)[1];
  const made = await fetch('/s1/jupyter/api/terminals', { method: 'POST', headers: { 'X-XSRFToken': xsrf } });
  const { name } = await made.json();
  const socket = window.terminal = new WebSocket(`ws://${location.host}/s1/jupyter/terminals/websocket/${name}`);
  await new Promise(opened => { socket.onopen = opened; });
  let text = '';
  const answer = new Promise(done => {
    socket.onmessage = event => {
      text += JSON.parse(event.data)[1] ?? '';
      if (text.includes('42-from-the-terminal')) done(text);
    };
  });
  socket.send(JSON.stringify(['stdin', 'echo $((6*7))-from-the-terminal\\r']));
  return answer;
})()'''


class Session:
    """A notebook server, and its circuit. It knows its whole path, as Jupyter wants it."""

    def __init__(self, stack, circuits, name):
        self.base = f'/{name}/jupyter/'
        folder = stack.path(name)
        os.makedirs(folder)
        notebook_file(f'{folder}/work.ipynb')
        port = z.free_port()
        self.process = stack.start([shutil.which('jupyter-notebook'), '--no-browser', '--allow-root', '--ip=127.0.0.1',
                                    f'--port={port}', '--NotebookApp.token=', f'--NotebookApp.base_url={self.base}',
                                    '--NotebookApp.allow_remote_access=True',
                                    f'--notebook-dir={folder}', '--NotebookApp.terminado_settings={"shell_command":["/bin/sh"]}'],
                                   env={**os.environ, 'HOME': folder, 'JUPYTER_RUNTIME_DIR': f'{folder}/run'})
        circuits.put(name, name, 'jupyter', [port], strip_prefix=False, sticky='cookie')
        z.eventually(lambda: circuits.get(f'{self.base}api').status == 200, 3 * z.PATIENCE, what=f'{name} listens')
        self.url = f'http://127.0.0.1:{circuits.router.port}{self.base}'


def run_notebook(browser, session):
    window = browser.open()
    window.go(f'{session.url}notebooks/work.ipynb')
    window.wait("window.Jupyter && Jupyter.notebook && Jupyter.notebook.kernel && Jupyter.notebook.kernel.is_connected()",
                4 * z.PATIENCE)
    window.run('Jupyter.notebook.execute_all_cells()')
    return window


def wait_tick(window, number):
    window.wait(f"document.querySelector('.output')?.textContent.includes('tick {number}\\n')", 3 * z.PATIENCE)


def test_two_sessions_of_jupyter(stack):
    assert shutil.which('jupyter-notebook'), 'install jupyter-notebook (tools/deps bench does)'
    circuits = Circuits(stack)
    one, two = Session(stack, circuits, 's1'), Session(stack, circuits, 's2')
    browser = stack.closing(Browser(stack))
    first, second = run_notebook(browser, one), run_notebook(browser, two)
    began = time.monotonic()
    wait_tick(first, 0)
    wait_tick(second, 0)
    assert time.monotonic() - began < 5 * z.SLOW or not first.run(
        "document.querySelector('.output').textContent.includes('tick 11')"), 'output comes as it is printed'
    two.process.kill()
    wait_tick(first, 11)
    assert first.run('Jupyter.notebook.kernel.is_connected()')
    assert '42-from-the-terminal' in first.run(TERMINAL)
    told = {row['path']: row['open'] for row in circuits.told()['circuits']}
    assert told['/s1/jupyter'] >= 2, told  # the kernel's socket and the terminal's
    assert circuits.get('/s2/jupyter/api').status in (502, 503)
