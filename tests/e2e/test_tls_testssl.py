"""What testssl.sh finds: nothing above LOW but what a home-made certificate causes."""
import json
import subprocess

import pytest
import sites_e2e as s
import tls_e2e as tls
import zeroway_e2e as z

# An authority at home has no revocation lists; the other fields are what a page's worker would say.
HOME_MADE = {'cert_revocation', 'cert_chain_of_trust', 'cert_trust'}
PAGE = '/response-headers?x-frame-options=DENY&x-content-type-options=nosniff&content-security-policy=default-src'
HARMLESS = {'OK', 'INFO', 'LOW', 'WARN', 'DEBUG'}


def by_options(stack):
    authority, router = tls.start(stack)
    return authority, router.tls_port, PAGE


def by_a_file(stack):
    """Two sites at one port: the one that is looked at by name is not the default site."""
    authority, port = tls.Authority(stack), z.free_port()

    def site(host, *names, more=''):
        certificate, key = authority.make(host, *names)
        fields = 'headers = { "Content-Security-Policy" = "default-src \'self\'" }'
        return (s.site(port, host, host, f'fabric = false\n{fields}') + f'[sites.ssl]\nenabled = true\ncert_file = '
                f'"{certificate}"\nkey_file = "{key}"\nhsts = {{ max_age = "365d" }}\n{more}')

    asked = f'client_ca = "{authority.ca}"\nclient_auth = "optional"\n'
    s.serve(stack, site('other.test', more=asked) + site('localhost', '127.0.0.1'), port)
    return authority, port, '/api/health'


# The short form looks at a site of a file only.
@pytest.mark.parametrize('served', [by_a_file] + ([by_options] if z.LONG else []))
def test_no_finding_above_low(stack, served):
    authority, port, page = served(stack)
    found = stack.path('found.json')
    # Without ZEROWAY_LONG only protocols, ciphers' order, server defaults and forward secrecy.
    checks = [] if z.LONG else ['-p', '-P', '-S', '-f']
    subprocess.run(['testssl', '--quiet', '--color', '0', '--warnings', 'off', '--ip', 'one', '--add-ca', authority.ca,
                    '--jsonfile', found, *checks, f'https://localhost:{port}{page}'],
                   capture_output=True, timeout=600 * z.SLOW)
    with open(found) as file:
        findings = json.load(file)
    assert len(findings) > 20
    bad = [one for one in findings if one['severity'] not in HARMLESS and one['id'].split(' ')[0] not in HOME_MADE]
    assert not bad, bad
