// A server of socket.io: node socket_io_server.js NAME PORT
// Answers each event by an acknowledgement; `ticks` sends events of its own, `ask` asks the client.
const { createServer } = require('http');
const { Server } = require('socket.io');

const [name, port] = process.argv.slice(2);
const http = createServer();
const io = new Server(http, { pingInterval: 2000, pingTimeout: 120000 });

io.on('connection', (socket) => {
  socket.emit('hello', name);
  socket.on('echo', (data, answer) => answer(data));
  socket.on('ticks', (count) => { for (let tick = 0; tick < count; ++tick) socket.emit('tick', tick); });
  socket.on('ask', async (question, answer) => answer(await socket.emitWithAck('question', question)));
});

http.listen(Number(port), '127.0.0.1', () => console.log('listening'));
