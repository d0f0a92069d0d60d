// Open streams, each with a button that closes it.

class Streams {
  #router;
  #changed;
  #table;

  constructor(router, changed) {
    this.#router = router;
    this.#changed = changed;
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
        { title: 'Changes', kind: 'buttons-cell', cell: (holder, row_of) => this.#button_in(holder, row_of) },
      ],
    });
  }

  show({ streams }) {
    const { streams: listed, all } = streams;
    const is_part = all > listed.length;
    set_text(by_id('streams-count'), is_part ? `The ${count_text(listed.length)} oldest of ${count_text(all)}.` : '');
    this.#table.set(listed);
  }

  #button_in(holder, row_of) {
    const button = element('button', { type: 'button', click: () => this.#close(row_of()) }, 'Close');
    holder.append(button);
    return stream => set_attribute(button, 'aria-label', `Close ${shown_request(stream)}`);
  }

  async #close(stream) {
    const what = shown_request(stream), path = `/api/v1/streams/${path_segment(stream.id)}`;
    const text = `${what} of ${shown(stream.address)} ends at once.`;
    if (!(await confirm_change('Close this stream?', text, 'Close stream'))) return;
    if (await this.#router.change('DELETE', path, undefined, `${what} is closed`)) this.#changed();
  }
}
