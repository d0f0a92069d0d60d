// Services of sessions: who answers them and how they are, their use, and buttons that drain or remove them.

class Circuits {
  #router;
  #changed;
  #table;

  // `changed` is called when something was changed.
  constructor(router, changed) {
    this.#router = router;
    this.#changed = changed;
    this.#table = new Table(by_id('circuits-table'), {
      caption: 'services of sessions',
      key: circuit => circuit.circuit?.id ?? circuit.path,
      sorted: { column: 0, sign: 1 },
      empty: 'No service is there.',
      size: 20,
      columns: [
        text_column('Service', circuit => circuit.path, 'long'),
        text_column('Port', circuit => circuit.port ?? ''),
        text_column('Put as', circuit => circuit.circuit?.id ?? 'announced by workers'),
        text_column('Members', members_text, 'long'),
        state_column('State', circuit => [circuit_state(circuit), circuit.members.some(member => member.fit)]),
        number_column('Open', circuit => circuit.open),
        number_column('Requests', circuit => circuit.requests),
        { ...number_column('Last use', circuit => circuit.idle_seconds), text: last_use_text },
        { title: 'Changes', kind: 'buttons-cell', cell: (holder, row_of) => this.#changes_in(holder, row_of) },
      ],
    });
  }

  show({ circuits }) {
    this.#table.set(circuits);
  }

  #changes_in(holder, row_of) {
    const drain = element('button', { type: 'button', click: () => this.#drain(row_of()) });
    const remove = element('button', { type: 'button', click: () => this.#remove(row_of()) }, 'Remove');
    holder.append(drain, remove);
    return circuit => {
      const verb = is_draining(circuit) ? 'Undrain' : 'Drain';
      set_text(drain, verb);
      set_attribute(drain, 'aria-label', `${verb} ${circuit.path}`);
      set_attribute(remove, 'aria-label', `Remove ${circuit.path}`);
      set_hidden(drain, !circuit.circuit?.backends.length);
      set_hidden(remove, !circuit.circuit);
    };
  }

  async #drain(row) {
    const state = is_draining(row) ? 'active' : 'draining';
    const { id, ...circuit } = row.circuit;
    const backends = circuit.backends.map(server => ({ ...server, state }));
    const effect = state === 'active' ? 'gets requests again' : 'gets only the clients that are bound to its servers';
    await this.#change('PUT', id, { ...circuit, backends }, `${row.path} ${effect}`);
  }

  async #remove(row) {
    const text = `New requests for ${row.path} find nothing; open ones go on.`;
    if (!(await confirm_change('Remove this service?', text, 'Remove'))) return;
    await this.#change('DELETE', row.circuit.id, undefined, `${row.path} is removed`);
  }

  async #change(method, id, body, done) {
    if (await this.#router.change(method, `/api/v1/circuits/${path_segment(id)}`, body, done)) this.#changed();
  }
}

function is_draining({ circuit }) {
  const servers = circuit?.backends ?? [];
  return servers.length > 0 && servers.every(server => server.state === 'draining');
}

function members_text({ members }) {
  return members.map(member => `${member.name} (${member.state})`).join(', ') || 'nobody';
}

function circuit_state(row) {
  if (is_draining(row)) return 'draining';
  return row.members.some(member => member.fit) ? 'up' : 'nobody is fit';
}

function last_use_text({ open, idle_seconds }) {
  if (open > 0) return 'now';
  return idle_seconds === null ? 'never' : `${span_text(idle_seconds)} ago`;
}
