"""Clients of every kind while workers and routers come, hang, leave and die: tools/soak in its short form."""
import os
import subprocess

import zeroway_e2e as z


def test_nothing_is_lost_that_need_not_be():
    slow = str(max(z.SLOW, 3))  # a busy machine must not look like a worker that hangs
    done = subprocess.run([os.path.join(z.ROOT, 'tools', 'soak'), '--seconds', '10', '--seed', '22', '--few'],
                          env={**os.environ, 'ZEROWAY_BIN': z.BIN, 'ZEROWAY_SLOW': slow}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout[-30_000:]
