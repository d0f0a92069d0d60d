// RawSocket for AutobahnJS in any serializer. The client's own transport speaks JSON alone: its handshake ends with
// "Unsupported serializer" for all others, and it ignores the option `serializers` (lib/transport/rawsocket.js).
//
// Of a connection's options it takes `host` and `port`, or `path`, and the first one of `serializers`. Frames are those
// of the specification; it answers pings and sends none.
'use strict';
const net = require('net');

const CODES = {json: 1, msgpack: 2, cbor: 3};
const MESSAGE = 0, PING = 1, PONG = 2;

// Cuts what comes into the answer to the handshake and frames.
class Cutter {
  constructor(on_answer, on_frame) {
    this.on_answer = on_answer;
    this.on_frame = on_frame;
    this.rest = Buffer.alloc(0);
  }

  take(data) {
    this.rest = Buffer.concat([this.rest, data]);
    while (this.rest.length >= 4) {
      const size = this.on_answer ? 0 : this.rest.readUIntBE(1, 3);
      if (this.rest.length < 4 + size) return;
      const [prefix, payload] = [this.rest.subarray(0, 4), this.rest.subarray(4, 4 + size)];
      this.rest = this.rest.subarray(4 + size);
      if (!this.on_answer) {
        this.on_frame(prefix[0], payload);
        continue;
      }
      const on_answer = this.on_answer;
      this.on_answer = null;
      on_answer(prefix);
    }
  }
}

class Transport {
  constructor(options) {
    this.serializer = options.serializers[0];
    this.info = {type: 'rawsocket', url: null, protocol: 'wamp.2.' + this.serializer.SERIALIZER_ID};
    this.offer = Buffer.from([0x7f, 0xf0 | CODES[this.serializer.SERIALIZER_ID], 0, 0]);
    this.sent = Promise.resolve();  // CBORSerializer writes asynchronously, and messages keep their order
    const cutter = new Cutter(answer => this.answered(answer), (kind, payload) => this.frame(kind, payload));
    this.socket = net.connect(options.path ? {path: options.path} : {host: options.host, port: options.port});
    this.socket.on('connect', () => this.socket.write(this.offer));
    this.socket.on('data', data => cutter.take(data));
    this.socket.on('error', () => {});  // 'close' follows
    this.socket.on('close', had_error => this.onclose({code: 1000, reason: '', wasClean: !had_error}));
  }

  answered(answer) {
    if (answer[0] === 0x7f && (answer[1] & 15) === (this.offer[1] & 15)) return this.onopen();
    this.socket.destroy(new Error('refused: ' + answer.toString('hex')));
  }

  frame(kind, payload) {
    if (kind === PING) return this.put(PONG, payload);
    if (kind === MESSAGE) this.onmessage(this.serializer.unserialize(payload));
  }

  put(kind, payload) {
    const prefix = Buffer.from([kind, 0, 0, 0]);
    prefix.writeUIntBE(payload.length, 1, 3);
    this.socket.write(Buffer.concat([prefix, payload]));
  }

  send(message) {
    const written = this.serializer.serialize(message);
    this.sent = this.sent.then(() => written).then(payload => this.put(MESSAGE, Buffer.from(payload)));
  }

  close() { this.sent.then(() => this.socket.end()); }
}

class Factory {
  constructor(options) { this.options = options; }
  get type() { return 'rawsocket'; }
  create() { return new Transport(this.options); }
}

module.exports = Factory;
