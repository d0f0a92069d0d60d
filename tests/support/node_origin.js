// A server by Node's `http` and Debian's `ws`: echoes requests as JSON, and WebSockets message by message.
//
//   node node_origin.js PORT [deflate]     prints "ready" when it listens
//
// A message "close CODE REASON" closes with that code. "ping" pings the client and tells when its pong came. "who"
// tells the fields of the handshake. Path /refuse answers 403 to the handshake.
const http = require('http');
const WebSocket = require('ws');
const port = Number(process.argv[2]);

const server = http.createServer((request, reply) => {
  const pieces = [];
  request.on('data', piece => pieces.push(piece));
  request.on('end', () => {
    const body = Buffer.concat(pieces);
    reply.setHeader('Content-Type', 'application/json');
    reply.setHeader('Set-Cookie', ['a=1', 'b=2']);
    reply.end(JSON.stringify({method: request.method, url: request.url, headers: request.rawHeaders,
                              body: body.toString('latin1'), trailers: request.rawTrailers}));
  });
});

const sockets = new WebSocket.Server({
  server,
  perMessageDeflate: process.argv[3] === 'deflate' ? {threshold: 0} : false,
  maxPayload: 64 << 20,
  handleProtocols: protocols => protocols.has('chat') ? 'chat' : false,
  verifyClient: (info, done) =>
      info.req.url === '/refuse' ? done(false, 403, 'Forbidden', {'X-Reason': 'mood'}) : done(true),
});
sockets.on('connection', (socket, request) => {
  socket.on('pong', data => socket.send('pong ' + data));
  socket.on('close', (code, reason) => console.log(`closed ${code} ${reason}`));
  socket.on('message', (data, isBinary) => {
    const text = isBinary || data.length > 200 ? '' : data.toString();
    const close = text.match(/^close (\d+) ?(.*)$/);
    if (close) return socket.close(Number(close[1]), close[2]);
    if (text === 'ping') return socket.ping('you?');
    if (text === 'who') return socket.send(JSON.stringify(request.rawHeaders));
    socket.send(data, {binary: isBinary});
  });
});
server.listen(port, '127.0.0.1', () => console.log('ready'));
