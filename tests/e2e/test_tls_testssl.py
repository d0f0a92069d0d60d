"""What testssl.sh finds: nothing above LOW but what a home-made certificate causes."""
import json
import subprocess

import tls_e2e as tls
import zeroway_e2e as z

# An authority at home has no revocation lists; the other fields are what a page's worker would say.
HOME_MADE = {'cert_revocation', 'cert_chain_of_trust', 'cert_trust'}
PAGE = '/response-headers?x-frame-options=DENY&x-content-type-options=nosniff&content-security-policy=default-src'
HARMLESS = {'OK', 'INFO', 'LOW', 'WARN', 'DEBUG'}


def test_no_finding_above_low(stack):
    authority, router = tls.start(stack)
    found = stack.path('found.json')
    # Without ZEROWAY_LONG only protocols, ciphers' order, server defaults and forward secrecy.
    checks = [] if z.LONG else ['-p', '-P', '-S', '-f']
    subprocess.run(['testssl', '--quiet', '--color', '0', '--warnings', 'off', '--ip', 'one', '--add-ca', authority.ca,
                    '--jsonfile', found, *checks, f'https://localhost:{router.tls_port}{PAGE}'],
                   capture_output=True, timeout=600 * z.SLOW)
    with open(found) as file:
        findings = json.load(file)
    assert len(findings) > 20
    bad = [one for one in findings if one['severity'] not in HARMLESS and one['id'].split(' ')[0] not in HOME_MADE]
    assert not bad, bad
