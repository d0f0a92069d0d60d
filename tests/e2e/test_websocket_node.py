"""Node's `ws`, as Debian packages it, gets its messages back, with compression and without."""
import json
import os
import subprocess

import pytest
from websocket_worker import WebSocketWorker
from zeroway_e2e import SLOW, eventually

ENVIRONMENT = dict(os.environ, NODE_PATH='/usr/share/nodejs')  # where Debian's node-ws is
SCRIPT = '''
const WebSocket = require('ws'), crypto = require('crypto');
const [port, deflate] = process.argv.slice(1);
const messages = ['', 'hi', 'Grüße 🎈', 'x'.repeat(70000), crypto.randomBytes(100000), Buffer.alloc(1 << 20)];
const socket = new WebSocket(`ws://127.0.0.1:${port}/echo`, ['news', 'chat'],
                             {perMessageDeflate: deflate === 'yes' ? {threshold: 0} : false});
let at = 0, good = 0, pongs = 0;
socket.on('open', () => { socket.ping('you?'); socket.send(messages[0]); });
socket.on('pong', () => ++pongs);
socket.on('message', (data, isBinary) => {
  const sent = messages[at++];
  if (isBinary === (typeof sent !== 'string') && Buffer.from(sent).equals(data)) ++good;
  if (at < messages.length) socket.send(messages[at]); else socket.close(4321, 'done');
});
socket.on('close', (code, reason) => console.log(JSON.stringify(
  {good, pongs, code, reason: reason.toString(), protocol: socket.protocol, extensions: socket.extensions})));
'''


@pytest.mark.parametrize('deflate', ['no', 'yes'])
def test_node(stack, deflate):
    router = stack.router()
    worker = stack.closing(WebSocketWorker(router.fabric))
    router.wait_workers(1)
    said = subprocess.run(['node', '-e', SCRIPT, str(router.port), deflate], env=ENVIRONMENT, capture_output=True,
                          timeout=30 * SLOW)
    assert said.returncode == 0, said.stderr.decode()
    assert json.loads(said.stdout) == {'good': 6, 'pongs': 1, 'code': 4321, 'reason': 'done', 'protocol': 'chat',
                                       'extensions': 'permessage-deflate' if deflate == 'yes' else ''}
    eventually(lambda: worker.closings == [('/echo', [('close-code', '4321'), ('close-reason', 'done')])])
