// Two sessions of npm's autobahn, which talk through a WAMP router. Prints what wamp_things.js says.
//
//   node wamp_autobahn.js URL REALM json|msgpack|cbor      NODE_PATH names npm's global folder
//
// URL is ws://HOST:PORT/PATH, or of RawSocket tcp:HOST:PORT or unix:/SOCKET. For a serializer that autobahn's own
// RawSocket cannot speak, the transport is raw_socket_transport.js; with ZEROWAY_OWN_TRANSPORT=1 it is autobahn's anyway.
const autobahn = require('autobahn');
const RawSocket = require('./raw_socket_transport.js');
const try_all = require('./wamp_things.js');
const [url, realm, kind] = process.argv.slice(2);

const serializers = {json: 'JSONSerializer', msgpack: 'MsgpackSerializer', cbor: 'CBORSerializer'};

if (kind !== 'json' && !process.env.ZEROWAY_OWN_TRANSPORT) autobahn.transports.register('rawsocket', RawSocket);

function transport() {
  const [scheme, ...rest] = url.split(':');
  if (scheme === 'tcp') return {type: 'rawsocket', host: rest[0], port: Number(rest[1])};
  if (scheme === 'unix') return {type: 'rawsocket', path: rest[0]};
  return {type: 'websocket', url};
}

const connect = name => new autobahn.Connection({realm: name, transports: [transport()], max_retries: 0,
                                                 serializers: [new autobahn.serializer[serializers[kind]]()]});
const bytes_of = size => Buffer.alloc(size, '\0\u00ff', 'latin1');

try_all({autobahn, connect, realm, kind, bytes_of}, console.log).then(() => process.exit(0));
