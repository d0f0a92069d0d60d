// Clients of socket.io: node socket_io_clients.js COUNT URL PATH TRANSPORT…
// Each client checks events, acknowledgements and binary data both ways whenever it has connected. Prints a line of JSON
// for all that happens: {what: checked | disconnected | refused | failed, client, …}. Runs until it is ended.
const { randomBytes } = require('crypto');
const { isDeepStrictEqual } = require('util');
const { io } = require('socket.io-client');

const [count, url, path, ...transports] = process.argv.slice(2);
const say = (what, client, more) => console.log(JSON.stringify({ what, client, ...more }));

const echoed = async (socket, data) => isDeepStrictEqual(await socket.emitWithAck('echo', data), data);

function ticked(socket, wanted) {
  return new Promise((done) => {
    const got = [];
    const take = (tick) => {
      got.push(tick);
      if (got.length < wanted) return;
      socket.off('tick', take);
      done(got.every((one, at) => one === at));
    };
    socket.on('tick', take);
    socket.emit('ticks', wanted);
  });
}

function upgraded(engine) {
  const goesUp = transports.length > 1 && engine.transport.name === 'polling';
  return goesUp ? new Promise((done) => engine.once('upgrade', done)) : null;
}

async function check(socket, client, server, first) {
  const { engine } = socket.io;
  const good = [await echoed(socket, { text: 'Grüße 🎈', list: [1, null, { deep: true }] })];
  await upgraded(engine);
  good.push(await echoed(socket, 'x'.repeat(300000)));
  good.push(await echoed(socket, { binary: randomBytes(200000), beside: [Buffer.from([0, 255]), 'text'] }));
  good.push(await ticked(socket, 200));
  good.push(await socket.emitWithAck('ask', 21) === 42);
  for (let number = 0; number < 20; ++number) good.push(await echoed(socket, number));
  say('checked', client, { server, first, now: engine.transport.name, good: good.every(Boolean), checks: good.length });
}

for (let client = 0; client < Number(count); ++client) {
  // withCredentials: Node's client keeps cookies, as browsers do.
  const socket = io(url, { path, transports, forceNew: true, withCredentials: true, reconnectionDelay: 100,
                           reconnectionDelayMax: 500 });
  let first;
  socket.io.on('open', () => { first = socket.io.engine.transport.name; });
  socket.on('hello', (server) => {
    check(socket, client, server, first).catch((error) => say('failed', client, { error: String(error) }));
  });
  socket.on('question', (number, answer) => answer(2 * number));
  socket.on('disconnect', (reason) => say('disconnected', client, { reason }));
  socket.on('connect_error', (error) => say('refused', client, { error: String(error.description ?? error) }));
}
