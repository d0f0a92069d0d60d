// The part with traffic, latencies and errors: three charts, the numbers of now, and the same as a table.

class Traffic {
  history = new History();
  #charts;
  #rows = by_id('traffic-rows');
  #drawn_at = 0;

  constructor() {
    const chart = (id, options) => new Chart(by_id(id), options);
    this.#charts = [
      chart('chart-requests', {
        title: 'Requests a second',
        lines: [{ key: 'requests', title: 'requests' }],
        format: rate_text,
      }),
      chart('chart-latencies', {
        title: 'Latency',
        lines: [{ key: 'p50', title: 'p50' }, { key: 'p90', title: 'p90' }, { key: 'p99', title: 'p99' }],
        format: millis_text,
        is_logarithmic: true,
      }),
      chart('chart-errors', {
        title: 'Errors a second',
        lines: [
          { key: 'status_5xx', title: '5xx' },
          { key: 'status_4xx', title: '4xx' },
          { key: 'failures', title: 'failures' },
        ],
        format: rate_text,
      }),
    ];
    by_id('traffic-table').addEventListener('toggle', () => this.#draw_table());
  }

  add(told, is_restarted) {
    this.history.add(told, is_restarted);
    this.#show_totals(told);
  }

  draw() {
    for (const chart of this.#charts) chart.draw(this.history);
    if (Date.now() - this.#drawn_at >= 5_000) this.#draw_table();
  }

  #show_totals(told) {
    const last = this.history.last;
    const facts = {
      'fact-requests': rate_text(last?.requests),
      'fact-open': count_text(told.open),
      'fact-web-sockets': count_text(told.web_sockets_open),
      'fact-connections': count_text(told.connections_open),
      'fact-workers': count_text(told.workers),
      'fact-servers': count_text(told.servers),
      'fact-in': last === null ? '–' : `${bytes_text(last.bytes_in)}/s`,
      'fact-out': last === null ? '–' : `${bytes_text(last.bytes_out)}/s`,
      'fact-uptime': span_text(told.uptime_seconds),
    };
    for (const [id, text] of Object.entries(facts)) set_text(by_id(id), text);
    const state = told.draining ? 'draining' : told.ready ? 'ready' : 'not ready: a backend has nobody';
    const mark = mark_of(state);
    set_attribute(by_id('ready'), 'data-kind', mark.kind);
    set_text(by_id('ready-sign'), mark.sign);
    set_text(by_id('ready-text'), state);
  }

  // One row for each minute, the newest first.
  #draw_table() {
    if (!by_id('traffic-table').open) return;
    this.#drawn_at = Date.now();
    const end = this.history.last?.to ?? 0;
    const minutes = Map.groupBy(this.history.samples, sample => Math.floor((end - sample.to) / 60));
    const rows = [...minutes].sort(([one], [other]) => one - other).map(([, samples]) => this.#row_of(samples));
    this.#rows.replaceChildren(...rows);
  }

  #row_of(samples) {
    const cells = [
      ...['requests', 'status_4xx', 'status_5xx', 'failures'].map(key => rate_text(mean_of(samples, key))),
      ...['p50', 'p90', 'p99'].map(key => millis_text(most_of(samples, key))),
    ];
    const minute = `${clock_text(samples[0].from)} to ${clock_text(samples[samples.length - 1].to)}`;
    return element('tr', {}, element('th', { scope: 'row' }, minute),
                   ...cells.map(text => element('td', { class: 'number' }, text)));
  }
}
