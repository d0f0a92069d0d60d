// Two sessions of npm's autobahn, which talk through a WAMP router. Prints "ok NAME" for each thing that went right,
// "wrong NAME: WHY" for others.
//
//   node wamp_autobahn.js URL REALM json|msgpack|cbor      NODE_PATH names npm's global folder
const assert = require('assert');
const autobahn = require('autobahn');
const [url, realm, kind] = process.argv.slice(2);
const PATIENCE = 40_000;  // ms, for one thing

const serializers = {json: 'JSONSerializer', msgpack: 'MsgpackSerializer', cbor: 'CBORSerializer'};
const make = () => new autobahn.serializer[serializers[kind]]();

function join(name = realm) {
  return new Promise((resolve, reject) => {
    const connection = new autobahn.Connection({url, realm: name, serializers: [make()], max_retries: 0});
    connection.onopen = (session, details) => resolve({session, details, connection});
    connection.onclose = (reason, details) => { reject(details); return true; };
    connection.open();
  });
}

const later = (value, ms) => new Promise(resolve => setTimeout(resolve, ms, value));
const failure = promise => promise.then(value => assert.fail('no error, but ' + value), error => error);

// What a handler was called with; `wait(count)` is a promise.
function heard() {
  const all = [];
  let waiting = null;
  const handler = (args, kwargs, details) => {
    all.push({args, kwargs, details});
    if (waiting && all.length >= waiting.count) waiting.resolve();
  };
  handler.all = all;
  handler.wait = count =>
      all.length >= count ? Promise.resolve() : new Promise(resolve => { waiting = {count, resolve}; });
  return handler;
}

const ACK = {acknowledge: true};

const things = {
  async joins(ann, bob) {
    assert.strictEqual(ann.details.realm, realm);
    assert.strictEqual(ann.details.authmethod, 'anonymous');
    assert(Number.isSafeInteger(ann.session.id));
    const refused = await failure(join('no.such.realm'));
    assert.strictEqual(refused.reason, 'wamp.error.no_such_realm');
  },
  async publishes_with_acknowledge({session: ann}, {session: bob}) {
    const handler = heard();
    const subscription = await bob.subscribe('com.js.news', handler);
    const publication = await ann.publish('com.js.news', [1, 'two'], {three: [3]}, ACK);
    assert(publication.id > 0);
    await handler.wait(1);
    assert.deepStrictEqual(handler.all[0].args, [1, 'two']);
    assert.deepStrictEqual(handler.all[0].kwargs, {three: [3]});
    await bob.unsubscribe(subscription);
    await ann.publish('com.js.news', [2], {}, ACK);
    await bob.publish('com.js.other', [], {}, ACK);
    assert.strictEqual(handler.all.length, 1);
  },
  async publishers_are_left_out_unless_they_say({session: ann}) {
    const handler = heard();
    await ann.subscribe('com.js.mine', handler);
    await ann.publish('com.js.mine', [1], {}, ACK);
    await ann.publish('com.js.mine', [2], {}, {acknowledge: true, exclude_me: false});
    await handler.wait(1);
    assert.deepStrictEqual(handler.all.map(one => one.args), [[2]]);
  },
  async publishers_and_callers_are_disclosed({session: ann}, {session: bob}) {
    const handler = heard();
    await bob.subscribe('com.js.who', handler);
    await ann.publish('com.js.who', [], {}, {acknowledge: true, disclose_me: true});
    await handler.wait(1);
    assert.strictEqual(handler.all[0].details.publisher, ann.id);
    await bob.register('com.js.who', (args, kwargs, details) => details.caller);
    assert.strictEqual(await ann.call('com.js.who', [], {}, {disclose_me: true}), ann.id);
  },
  async subscribes_by_patterns({session: ann}, {session: bob}) {
    const begins = heard(), between = heard();
    await bob.subscribe('com.js.p', begins, {match: 'prefix'});
    await bob.subscribe('com..x', between, {match: 'wildcard'});
    for (const topic of ['com.js.p', 'com.js.pq.r', 'com.p.x', 'com.js.x', 'com.js.o']) await ann.publish(topic, [], {}, ACK);
    await between.wait(2);
    assert.deepStrictEqual(begins.all.map(one => one.details.topic), ['com.js.p', 'com.js.pq.r']);
    assert.deepStrictEqual(between.all.map(one => one.details.topic), ['com.p.x', 'com.js.x']);
  },
  async calls({session: ann}, {session: bob}) {
    await bob.register('com.js.add', (args, kwargs) => args[0] + (kwargs.b || args[1]));
    assert.strictEqual(await ann.call('com.js.add', [2, 3]), 5);
    assert.strictEqual(await ann.call('com.js.add', [2], {b: 40}), 42);
    await bob.register('com.js.many', () => new autobahn.Result([1, 2], {c: 3}));
    const result = await ann.call('com.js.many');
    assert.deepStrictEqual([result.args, result.kwargs], [[1, 2], {c: 3}]);
  },
  async calls_by_patterns({session: ann}, {session: bob}) {
    await bob.register('com.js.objects', (args, kwargs, details) => details.procedure, {match: 'prefix'});
    assert.strictEqual(await ann.call('com.js.objects.7.start'), 'com.js.objects.7.start');
    await bob.register('com..run', (args, kwargs, details) => details.procedure, {match: 'wildcard'});
    assert.strictEqual(await ann.call('com.here.run'), 'com.here.run');
  },
  async errors({session: ann}, {session: bob}) {
    await bob.register('com.js.fail', () => { throw new autobahn.Error('com.js.error.no', ['because', 7], {why: {a: 1}}); });
    const error = await failure(ann.call('com.js.fail'));
    assert.deepStrictEqual([error.error, error.args, error.kwargs], ['com.js.error.no', ['because', 7], {why: {a: 1}}]);
    assert.strictEqual((await failure(ann.call('com.js.nothing'))).error, 'wamp.error.no_such_procedure');
    assert.strictEqual((await failure(ann.register('com.js.fail', () => 1))).error, 'wamp.error.procedure_already_exists');
  },
  async progressive_results({session: ann}, {session: bob}) {
    await bob.register('com.js.count', async (args, kwargs, details) => {
      for (let i = 0; i < args[0]; ++i) details.progress([i]);
      return args[0];
    });
    const pieces = [];
    const result = await new Promise((resolve, reject) => ann.call('com.js.count', [5], {}, {receive_progress: true})
        .then(resolve, reject, piece => pieces.push(piece)));
    assert.strictEqual(result, 5);
    assert.deepStrictEqual(pieces, [0, 1, 2, 3, 4]);
  },
  async values_and_200_kb_and_bytes({session: ann}, {session: bob}) {
    await bob.register('com.js.echo', args => new autobahn.Result(args));
    const values = [null, true, 0, -1, 2 ** 31, 2 ** 53 - 1, -(2 ** 53) + 1, 0.1, -1e300, '', 'é🎈', [], {}, {a: [{b: 1}]}];
    assert.deepStrictEqual((await ann.call('com.js.echo', [...values, 0])).args, [...values, 0]);
    const large = 'x\0é'.repeat(50_000);
    assert.strictEqual(await ann.call('com.js.echo', [large]), large);
    if (kind === 'json') return;  // this client has no bytes in JSON
    const bytes = Buffer.alloc(200_000, '\0\u00ff', 'latin1');
    assert.deepStrictEqual(Buffer.from(await ann.call('com.js.echo', [bytes])), bytes);
  },
  async two_hundred_calls_at_once({session: ann}, {session: bob}) {
    await bob.register('com.js.later', args => later(args[0], args[0] % 7 * 10));
    const numbers = [...Array(200).keys()];
    assert.deepStrictEqual(await Promise.all(numbers.map(number => ann.call('com.js.later', [number]))), numbers);
  },
  async cancelled_calls({session: ann}, {session: bob}) {
    await bob.register('com.js.never', () => new Promise(() => {}));
    // This client's callee cannot be interrupted, so the router skips it. With the other modes this client's caller forgets
    // the call at once, and then takes the router's answer, which the specification wants, for a broken rule.
    const call = ann.call('com.js.never');
    await ann.publish('com.js.other', [], {}, ACK);  // the router has the call
    call.cancel({mode: 'kill'});
    assert.strictEqual((await failure(call)).error, 'wamp.error.canceled');
  },
  async callees_that_leave({session: ann}) {
    const cid = await join();
    const asked = new Promise(resolve => cid.session.register('com.js.gone', () => { resolve(); return new Promise(() => {}); })
        .then(() => { ann.call('com.js.gone').then(() => 0, error => { cid.error = error; cid.told(); }); }));
    const told = new Promise(resolve => { cid.told = resolve; });
    await asked;
    const closed = new Promise(resolve => { cid.connection.onclose = (reason, details) => { resolve(details); return true; }; });
    cid.connection.close();
    await told;
    assert.strictEqual(cid.error.error, 'wamp.error.canceled');
    assert.strictEqual((await closed).reason, 'wamp.close.goodbye_and_out');
  },
};

async function main() {
  const ann = await join(), bob = await join();
  for (const [name, thing] of Object.entries(things)) {
    try {
      await Promise.race([thing(ann, bob), later(0, PATIENCE).then(() => assert.fail('not in time'))]);
      console.log('ok ' + name);
    } catch (error) {
      console.log('wrong ' + name + ': ' + (error && error.stack || JSON.stringify(error)));
    }
  }
  for (const one of [ann, bob]) one.connection.close();
}

main().then(() => process.exit(0), error => {
  console.log('wrong main: ' + (error && error.stack || JSON.stringify(error)));
  process.exit(1);
});
