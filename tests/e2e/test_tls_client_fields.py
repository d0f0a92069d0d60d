"""Fields in which backends learn of a client's certificate: nobody but the router can write them, at any site."""
import base64
import subprocess

import sites_e2e as s
import tls_e2e as tls
import zeroway_e2e as z
from origins import Origin

FORGED = [('X-Fingerprint', 'forged'), ('x_fingerprint', 'forged'), ('X--Fingerprint', 'forged'),
          ('Client-Cert', ':forged:'), ('Client_Cert', ':forged:'), ('X-Forwarded-Client-Cert', 'forged'),
          ('X-SSL-Client-Cert', 'forged'), ('X-Client-Cert-Subject', 'CN=root'), ('X-Mine', 'kept')]


def test_only_the_router_tells_of_a_certificate(stack):
    authority, clients = tls.Authority(stack), tls.Authority(stack, 'clients')
    ann = clients.make(client='ann')
    certificate, key = authority.make('secured.test')
    origin = stack.closing(Origin())
    port, plain = z.free_port(), z.free_port()
    proxy = '[sites.proxy]\nenabled = true\n' + s.pool(origin) + s.route()
    text = (s.site(port, 'secured.test', 'secured')
            + f'[sites.ssl]\nenabled = true\ncert_file = "{certificate}"\nkey_file = "{key}"\n'
            f'client_ca = "{clients.ca}"\nclient_auth = "optional"\n'
            'client_fields = { "X-Fingerprint" = "fingerprint", "Client-Cert" = "certificate", "X-Issuer" = "issuer", '
            '"X-Serial" = "serial" }\n' + proxy
            + s.site(plain, 'plain.test', 'plain') + proxy)
    router = s.serve(stack, text, plain)
    router.tls_port = port

    def seen(client, name):
        with client:
            client.send(client.head_bytes('GET', '/', FORGED, host=name))
            assert client.read_reply().status == 200
        assert all(b'forged' not in line for line in origin.last.raw_head.splitlines())
        assert origin.last.all('x-mine') == ['kept']
        return origin.last

    told = seen(tls.Client(router, authority, 'secured.test', certificate=ann), 'secured.test')
    with open(ann[0]) as file:
        der = base64.b64decode(''.join(file.read().split('-----')[2].split()))
    assert told.all('client-cert') == [f':{base64.b64encode(der).decode()}:']
    shown = subprocess.run(['openssl', 'x509', '-in', ann[0], '-noout', '-fingerprint', '-sha256', '-serial'],
                           capture_output=True, text=True, check=True).stdout.split('\n')
    assert told.all('x-fingerprint') == [shown[0].split('=')[1].replace(':', '').lower()]
    assert told.all('x-serial') == [shown[1].split('=')[1].lower()]
    assert told.all('x-issuer') == ['CN=Zeroway development authority']
    assert told.all('x-client-cert-subject') == ['CN=ann']

    for nobody, host in ((tls.Client(router, authority, 'secured.test'), 'secured.test'),
                         (z.Connection(plain), 'plain.test')):
        told = seen(nobody, host)
        assert not [name for name in ('client-cert', 'x-fingerprint', 'x-issuer', 'x-client-cert-subject')
                    if told.all(name)]
