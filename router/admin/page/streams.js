// Open streams, each with a button that closes it.

class Streams {
  #table;

  // `changed` is called when one was closed.
  constructor(router, changed) {
    this.#table = new Table(by_id('streams-table'), {
      caption: 'open streams',
      key: stream => stream.id,
      sorted: { column: 6, sign: -1 },
      empty: 'No stream is open.',
      size: 10,
      columns: [
        { title: 'Request', value: request_text, text: shown_request, kind: 'long' },
        text_column('Kind', stream => stream.kind === 'web_socket' ? 'WebSocket' : stream.kind),
        text_column('Site', stream => stream.site),
        text_column('Route', stream => stream.route),
        text_column('Worker or server', stream => stream.worker),
        text_column('Client', stream => stream.address),
        number_column('Age', stream => stream.age_ms, millis_text),
        closing_column(router, changed, shown_request),
      ],
    });
  }

  show({ streams }) {
    show_part(by_id('streams-count'), streams.streams, streams.all);
    this.#table.set(streams.streams);
  }
}

// Says in `note` when only a part of all is listed.
function show_part(note, listed, all) {
  set_text(note, all > listed.length ? `The ${count_text(listed.length)} oldest of ${count_text(all)}.` : '');
}

// A column of buttons, each of which closes the stream of its row. `name_of(row)`: what ends.
function closing_column(router, changed, name_of) {
  const close = async row => {
    const what = name_of(row), path = `/api/v1/streams/${path_segment(row.id)}`;
    const text = `${what} of ${shown(row.address)} ends at once.`;
    if (!(await confirm_change('Close this stream?', text, 'Close stream'))) return;
    if (await router.change('DELETE', path, undefined, `${what} is closed`)) changed();
  };
  const cell = (holder, row_of) => {
    const button = element('button', { type: 'button', click: () => close(row_of()) }, 'Close');
    holder.append(button);
    return row => set_attribute(button, 'aria-label', `Close ${name_of(row)}`);
  };
  return { title: 'Changes', kind: 'buttons-cell', cell };
}
