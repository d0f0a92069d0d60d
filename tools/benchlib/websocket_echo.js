// Sends back every WebSocket message: node websocket_echo.js PORT
const {WebSocketServer} = require('ws');
new WebSocketServer({host: '127.0.0.1', port: Number(process.argv[2]), backlog: 4096, perMessageDeflate: false})
  .on('connection', socket => socket.on('message', (data, binary) => socket.send(data, {binary})));
