// Requests that failed or were slow: why, each attempt, and where the time went.

// {title, kind, ms} of each piece of the time, in order.
function pieces_of(request) {
  const pieces = [];
  const add = (title, kind, ms) => {
    if (ms > 0) pieces.push({ title, kind, ms });
  };
  (request.lost ?? []).forEach((attempt, at) => {
    add(`attempt ${at + 1}: queue`, 'queue', attempt.queue_ms);
    add(`attempt ${at + 1}: ${shown(attempt.worker)}, lost`, 'lost', attempt.backend_ms);
  });
  add('queue', 'queue', request.queue_ms);
  add('backend', 'backend', request.backend_ms);
  const known = pieces.reduce((sum, piece) => sum + piece.ms, 0);
  add('elsewhere (client, checks, writing)', 'elsewhere', Math.max(0, (request.total_ms ?? 0) - known));
  return pieces;
}

function longest_of(pieces) {
  if (pieces.length === 0) return '–';
  const all = pieces.reduce((sum, piece) => sum + piece.ms, 0);
  const longest = pieces.reduce((one, other) => other.ms > one.ms ? other : one);
  return `${longest.title.split(' (')[0]} ${Math.round(100 * longest.ms / all)} %`;
}

// Shows pieces as a bar. The words beside it say the same.
function bar_in(holder) {
  const bar = element('span', { class: 'bar', 'aria-hidden': 'true' }), word = element('span');
  holder.append(bar, word);
  return request => {
    const pieces = pieces_of(request), all = pieces.reduce((sum, piece) => sum + piece.ms, 0);
    bar.replaceChildren(...pieces.map(piece => {
      const part = element('span', { 'data-kind': piece.kind, title: `${piece.title}: ${millis_text(piece.ms)}` });
      part.style.flexGrow = 100 * piece.ms / all;  // a sum below 1 would leave a gap
      return part;
    }));
    set_text(word, longest_of(pieces));
  };
}

// Of a request or a stream; to sort and search by.
function request_text({ method, host, path }) {
  return `${method} ${host}${path}`;
}

function shown_request({ method, host, path }) {
  return `${shown(method)} ${shown(host)}${shown(path)}`;
}

function plain_table(titles, rows) {
  const head = element('tr', {}, ...titles.map(title => element('th', { scope: 'col' }, title)));
  const body = rows.map(cells => element('tr', {}, ...cells.map(text => element('td', {}, text))));
  return element('table', { class: 'plain' }, element('thead', {}, head), element('tbody', {}, ...body));
}

function attempts_table(request) {
  const attempts = [...(request.lost ?? []), request];
  const rows = attempts.map((attempt, at) => [
    String(at + 1), shown(attempt.worker) || '–', millis_text(attempt.queue_ms), millis_text(attempt.backend_ms),
    shown(attempt.reason) || 'answered'
  ]);
  return element('div', { class: 'frame', tabindex: 0, role: 'region', 'aria-label': 'Attempts' },
                 plain_table(['Attempt', 'Worker or server', 'Queue', 'Backend', 'How it ended'], rows));
}

function field_list(request) {
  const rows = Object.entries(request).filter(([name, value]) => name !== 'lost' && value !== '' && value !== null);
  const text = value => typeof value === 'object' ? JSON.stringify(value) : shown(value);
  const line = ([name, value]) => [element('dt', {}, name), element('dd', {}, text(value))];
  return element('dl', {}, ...rows.flatMap(line));
}

function show_request(request) {
  const bar = element('p', { class: 'time' });
  bar_in(bar)(request);
  const pieces = pieces_of(request).map(piece => element('li', {}, `${piece.title}: ${millis_text(piece.ms)}`));
  tell(shown_request(request), element('h3', {}, 'Where the time went'), bar, element('ul', {}, ...pieces),
       element('h3', {}, 'Attempts'), attempts_table(request), element('h3', {}, 'Fields'), field_list(request));
}

function key_of_request(request) {
  return [request.time, request.request_id, request.method, request.path, request.total_ms].join('\n');
}

function button_in(holder, row_of) {
  const button = element('button', { type: 'button', class: 'link', click: () => show_request(row_of()) });
  holder.append(button);
  return request => set_text(button, shown_request(request));
}

class Requests {
  #failed = this.#table_in('failed-table', 'failed requests', 0, 'No request has failed.');
  #slow = this.#table_in('slow-table', 'slow requests', 6, 'No request was slow.');

  show({ requests }) {
    this.#failed.set(requests.failed);
    this.#slow.set(requests.slow);
  }

  #table_in(id, caption, sorted, empty) {
    return new Table(by_id(id), {
      caption,
      key: key_of_request,
      sorted: { column: sorted, sign: -1 },
      empty,
      size: 10,
      columns: [
        { title: 'Time', value: request => request.time, text: request => clock_text(request.time) },
        { title: 'Request', value: request_text, cell: button_in, kind: 'long' },
        number_column('Status', request => request.status, status => status ? String(status) : 'none'),
        text_column('Reason', request => request.reason),
        text_column('Ended by', request => request.ended_by),
        number_column('Attempts', request => request.attempts ?? 0),
        number_column('Total', request => request.total_ms, millis_text),
        { title: 'Where the time went', cell: bar_in },
        text_column('Worker or server', request => request.worker),
      ],
    });
  }
}
