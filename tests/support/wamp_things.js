// What two sessions of AutobahnJS try through a WAMP router, in node and in a browser.
//
//   try_all({autobahn, connect, realm, kind, bytes_of}, say)
//
// `connect(realm)` makes an autobahn.Connection, whose serializer is `kind`; `bytes_of(size)` makes bytes, half of them
// zero, as a type that this client sends as bytes. Says "ok NAME" for each thing that went right, "wrong NAME: WHY" for
// others. Not here: how the client connects (wamp_autobahn.js, wamp_autobahn.html).
'use strict';

function try_all({autobahn, connect, realm, kind, bytes_of}, say) {

const PATIENCE = 40_000;  // ms, for one thing

function join(name = realm) {
  return new Promise((resolve, reject) => {
    const connection = connect(name);
    connection.onopen = (session, details) => resolve({session, details, connection});
    connection.onclose = (reason, details) => { reject(details); return true; };
    connection.open();
  });
}

function fail(why) { throw new Error(why); }

function is_same(found, wanted) {
  if (typeof wanted !== 'object' || wanted === null) return Object.is(found, wanted);
  if (typeof found !== 'object' || found === null || Array.isArray(found) !== Array.isArray(wanted)) return false;
  const names = Object.keys(wanted);
  return names.length === Object.keys(found).length && names.every(name => name in found && is_same(found[name], wanted[name]));
}

function must_be(found, wanted) {
  if (!is_same(found, wanted)) fail(`${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`.slice(0, 500));
}

const later = (value, ms) => new Promise(resolve => setTimeout(resolve, ms, value));
const failure = promise => promise.then(value => fail('no error, but ' + value), error => error);

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
    must_be(ann.details.realm, realm);
    must_be(ann.details.authmethod, 'anonymous');
    must_be(Number.isSafeInteger(ann.session.id), true);
    const refused = await failure(join('no.such.realm'));
    must_be(refused.reason, 'wamp.error.no_such_realm');
  },
  async publishes_with_acknowledge({session: ann}, {session: bob}) {
    const handler = heard();
    const subscription = await bob.subscribe('com.js.news', handler);
    const publication = await ann.publish('com.js.news', [1, 'two'], {three: [3]}, ACK);
    must_be(publication.id > 0, true);
    await handler.wait(1);
    must_be(handler.all[0].args, [1, 'two']);
    must_be(handler.all[0].kwargs, {three: [3]});
    await bob.unsubscribe(subscription);
    await ann.publish('com.js.news', [2], {}, ACK);
    await bob.publish('com.js.other', [], {}, ACK);
    must_be(handler.all.length, 1);
  },
  async publishers_are_left_out_unless_they_say({session: ann}) {
    const handler = heard();
    await ann.subscribe('com.js.mine', handler);
    await ann.publish('com.js.mine', [1], {}, ACK);
    await ann.publish('com.js.mine', [2], {}, {acknowledge: true, exclude_me: false});
    await handler.wait(1);
    must_be(handler.all.map(one => one.args), [[2]]);
  },
  async publishers_and_callers_are_disclosed({session: ann}, {session: bob}) {
    const handler = heard();
    await bob.subscribe('com.js.who', handler);
    await ann.publish('com.js.who', [], {}, {acknowledge: true, disclose_me: true});
    await handler.wait(1);
    must_be(handler.all[0].details.publisher, ann.id);
    await bob.register('com.js.who', (args, kwargs, details) => details.caller);
    must_be(await ann.call('com.js.who', [], {}, {disclose_me: true}), ann.id);
  },
  async subscribes_by_patterns({session: ann}, {session: bob}) {
    const begins = heard(), between = heard();
    await bob.subscribe('com.js.p', begins, {match: 'prefix'});
    await bob.subscribe('com..x', between, {match: 'wildcard'});
    for (const topic of ['com.js.p', 'com.js.pq.r', 'com.p.x', 'com.js.x', 'com.js.o']) await ann.publish(topic, [], {}, ACK);
    await between.wait(2);
    must_be(begins.all.map(one => one.details.topic), ['com.js.p', 'com.js.pq.r']);
    must_be(between.all.map(one => one.details.topic), ['com.p.x', 'com.js.x']);
  },
  async calls({session: ann}, {session: bob}) {
    await bob.register('com.js.add', (args, kwargs) => args[0] + (kwargs.b || args[1]));
    must_be(await ann.call('com.js.add', [2, 3]), 5);
    must_be(await ann.call('com.js.add', [2], {b: 40}), 42);
    await bob.register('com.js.many', () => new autobahn.Result([1, 2], {c: 3}));
    const result = await ann.call('com.js.many');
    must_be([result.args, result.kwargs], [[1, 2], {c: 3}]);
  },
  async calls_by_patterns({session: ann}, {session: bob}) {
    await bob.register('com.js.objects', (args, kwargs, details) => details.procedure, {match: 'prefix'});
    must_be(await ann.call('com.js.objects.7.start'), 'com.js.objects.7.start');
    await bob.register('com..run', (args, kwargs, details) => details.procedure, {match: 'wildcard'});
    must_be(await ann.call('com.here.run'), 'com.here.run');
  },
  async errors({session: ann}, {session: bob}) {
    await bob.register('com.js.fail', () => { throw new autobahn.Error('com.js.error.no', ['because', 7], {why: {a: 1}}); });
    const error = await failure(ann.call('com.js.fail'));
    must_be([error.error, error.args, error.kwargs], ['com.js.error.no', ['because', 7], {why: {a: 1}}]);
    must_be((await failure(ann.call('com.js.nothing'))).error, 'wamp.error.no_such_procedure');
    must_be((await failure(ann.register('com.js.fail', () => 1))).error, 'wamp.error.procedure_already_exists');
  },
  async progressive_results({session: ann}, {session: bob}) {
    await bob.register('com.js.count', async (args, kwargs, details) => {
      for (let i = 0; i < args[0]; ++i) details.progress([i]);
      return args[0];
    });
    const pieces = [];
    const result = await new Promise((resolve, reject) => ann.call('com.js.count', [5], {}, {receive_progress: true})
        .then(resolve, reject, piece => pieces.push(piece)));
    must_be(result, 5);
    must_be(pieces, [0, 1, 2, 3, 4]);
  },
  async values_and_200_kb_and_bytes({session: ann}, {session: bob}) {
    await bob.register('com.js.echo', args => new autobahn.Result(args));
    const values = [null, true, 0, -1, 2 ** 31, 2 ** 53 - 1, -(2 ** 53) + 1, 0.1, -1e300, '', 'é🎈', [], {}, {a: [{b: 1}]}];
    must_be((await ann.call('com.js.echo', [...values, 0])).args, [...values, 0]);
    const large = 'x\0é'.repeat(50_000);
    must_be(await ann.call('com.js.echo', [large]), large);
    if (kind === 'json') return;  // this client has no bytes in JSON
    const bytes = bytes_of(200_000);
    must_be(Array.from(await ann.call('com.js.echo', [bytes])), Array.from(bytes));
  },
  async two_hundred_calls_at_once({session: ann}, {session: bob}) {
    await bob.register('com.js.later', args => later(args[0], args[0] % 7 * 10));
    const numbers = [...Array(200).keys()];
    must_be(await Promise.all(numbers.map(number => ann.call('com.js.later', [number]))), numbers);
  },
  async cancelled_calls({session: ann}, {session: bob}) {
    await bob.register('com.js.never', () => new Promise(() => {}));
    // This client's callee cannot be interrupted, so the router skips it. With the other modes this client's caller forgets
    // the call at once, and then takes the router's answer, which the specification wants, for a broken rule.
    const call = ann.call('com.js.never');
    await ann.publish('com.js.other', [], {}, ACK);  // the router has the call
    call.cancel({mode: 'kill'});
    must_be((await failure(call)).error, 'wamp.error.canceled');
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
    must_be(cid.error.error, 'wamp.error.canceled');
    must_be((await closed).reason, 'wamp.close.goodbye_and_out');
  },
};

async function all() {
  const ann = await join(), bob = await join();
  for (const [name, thing] of Object.entries(things)) {
    try {
      await Promise.race([thing(ann, bob), later(0, PATIENCE).then(() => fail('not in time'))]);
      say('ok ' + name);
    } catch (error) {
      say('wrong ' + name + ': ' + (error && error.stack || JSON.stringify(error)));
    }
  }
  for (const one of [ann, bob]) one.connection.close();
}

return all().catch(error => say('wrong main: ' + (error && error.stack || JSON.stringify(error))));

}

if (typeof module !== 'undefined') module.exports = try_all;
