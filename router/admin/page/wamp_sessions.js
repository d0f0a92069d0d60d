// Clients of WAMP that are connected, and their sessions, each with a button that closes it.

class WampSessions {
  #table;

  // `changed` is called when one was closed.
  constructor(router, changed) {
    this.#table = new Table(by_id('wamp-table'), {
      caption: 'sessions of WAMP',
      key: session => session.id,
      sorted: { column: 8, sign: -1 },
      empty: 'No client of WAMP is connected.',
      size: 10,
      columns: [
        text_column('Client', session => session.address),
        text_column('Path', session => session.host + session.path, 'long'),
        text_column('Protocol', session => session.protocol),
        state_column('State', session => [session.state, true]),
        text_column('Realm', session => session.realm, 'long'),
        text_column('Serializers', serializers_text),
        text_column('Who', who_text, 'long'),
        text_column('Worker or URL', session => session.worker, 'long'),
        number_column('Age', session => session.age_ms, millis_text),
        number_column('Messages in', session => session.messages_in),
        number_column('Messages out', session => session.messages_out),
        number_column('Bytes in', session => session.bytes_in, bytes_text),
        number_column('Bytes out', session => session.bytes_out, bytes_text),
        closing_column(router, changed, session => `the session at ${shown(session.host)}${shown(session.path)}`),
      ],
    });
  }

  show({ wamp }) {
    show_part(by_id('wamp-count'), wamp.sessions, wamp.all);
    this.#table.set(wamp.sessions);
  }
}

// That of the client, and that of its backend where it is another one.
function serializers_text({ serializer, backend_serializer }) {
  const is_translated = backend_serializer !== '' && backend_serializer !== serializer;
  return is_translated ? `${serializer} → ${backend_serializer}` : serializer;
}

function who_text({ authid, authrole }) {
  return authid === '' ? '' : `${authid} (${authrole})`;
}
