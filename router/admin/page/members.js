// The tables of workers with servers, and of routes; changes of a member.

class Members {
  may_close = true;  // whether this router closes streams
  #router;
  #changed;
  #table;

  // `changed` is called when something was changed.
  constructor(router, changed) {
    this.#router = router;
    this.#changed = changed;
    this.#table = new Table(by_id('members-table'), {
      caption: 'workers and servers',
      key: member => `${member.kind} ${member.pool ?? member.group} ${member.name} ${member.instance ?? ''}`,
      sorted: { column: 0, sign: 1 },
      empty: 'Nobody is there.',
      columns: [
        text_column('Name', member => member.name, 'long'),
        text_column('Kind', kind_text),
        text_column('Serves', serves_text, 'long'),
        text_column('Address', member => member.address, 'long'),
        state_column('State', member => [member.state, member.fit]),
        {
          ...number_column('Weight', member => member.weight),
          cell: (holder, row_of) => this.#weight_in(holder, row_of),
        },
        { ...number_column('Open', member => member.open), text: open_text },
        number_column('Requests/s', member => member.rate, rate_text),
        number_column('Requests', member => member.requests),
        number_column('Failures', member => member.failures),
        { title: 'Changes', kind: 'buttons-cell', cell: (holder, row_of) => this.#changes_in(holder, row_of) },
      ],
    });
  }

  show({ workers, servers }) {
    const named = (members, kind) => members.map(member => ({ ...member, kind }));
    this.#table.set([...named(workers, 'worker'), ...named(servers, 'server')]);
  }

  #weight_in(holder, row_of) {
    const button = element('button', { type: 'button', click: () => this.#weigh(row_of()) });
    holder.append(button);
    return member => {
      set_text(button, count_text(member.weight));
      set_attribute(button, 'aria-label', `Weight of ${shown(member.name)}: ${member.weight}. Change it`);
    };
  }

  #changes_in(holder, row_of) {
    const drain = element('button', { type: 'button', click: () => this.#hold(row_of()) });
    const streams = element('button', { type: 'button', click: () => this.#close_streams(row_of()) }, 'Close streams');
    holder.append(drain, streams);
    return member => {
      const verb = is_held(member) ? 'Undrain' : 'Drain';
      set_text(drain, verb);
      set_attribute(drain, 'aria-label', `${verb} ${shown(member.name)}`);
      set_hidden(streams, member.open === 0 || !this.may_close);
      set_attribute(streams, 'aria-label', `Close streams of ${shown(member.name)}`);
    };
  }

  #path_of(member) {
    return `/api/v1/${member.kind}s/${path_segment(member.name)}`;
  }

  async #hold(member) {
    const held = !is_held(member);
    const effect = held ? 'gets no new requests; its open ones go on' : 'gets requests again';
    await this.#change('PATCH', this.#path_of(member), { held }, `${shown(member.name)} ${effect}`);
  }

  async #weigh(member) {
    const name = shown(member.name);
    const text = 'One with weight 2 gets twice the requests of one with 1, where the balance goes by weight; one with 0 gets none.';
    const terms = { type: 'number', min: 0, max: 1_000, step: 1, value: member.weight };
    const weight = await ask_for(`Weight of ${name}`, text, 'Weight', terms, 'Set');
    if (weight === null) return;
    const change = { weight: Number(weight) };
    await this.#change('PATCH', this.#path_of(member), change, `${name} has weight ${weight}`);
  }

  async #close_streams(member) {
    const name = shown(member.name);
    const text = `All ${count_text(member.open)} open requests of ${name} end at once; their clients see an error.`;
    if (!(await confirm_change('Close streams?', text, 'Close streams'))) return;
    const path = `${this.#path_of(member)}/streams`;
    await this.#change('DELETE', path, undefined, `The streams of ${name} are closed`);
  }

  async #change(...all) {
    if (await this.#router.change(...all)) this.#changed();
  }
}

function is_held(member) {
  return /^(standby, )?held$/.test(member.state);
}

// With its pool; a worker with its group, its app or its realm.
function kind_text(member) {
  const of = member.pool ?? (member.group && (member.serves[0] ?? member.group));
  return of ? `${member.kind} of ${of}` : member.kind;
}

// The routes of a worker.
function serves_text(member) {
  if (member.kind === 'server' || member.group) return '';
  return member.serves.join(', ') || 'everything';
}

function open_text(member) {
  return member.capacity > 0 ? `${count_text(member.open)} of ${count_text(member.capacity)}` : count_text(member.open);
}

class Routes {
  #table = new Table(by_id('routes-table'), {
    caption: 'routes',
    key: route => `${route.site}\n${route.path}\n${route.backend}\n${route.at}`,
    sorted: { column: 4, sign: -1 },
    columns: [
      text_column('Site', route => route.site),
      text_column('Path', route => route.path || '(all other)', 'long'),
      text_column('Answer', route => route.answer),
      text_column('Upstream', route => route.backend),
      number_column('Requests/s', route => route.rate, rate_text),
      number_column('Requests', route => route.traffic.requests),
      number_column('Open', route => route.traffic.open),
      number_column('4xx', route => route.traffic.replies['4xx']),
      number_column('5xx', route => route.traffic.replies['5xx']),
      number_column('Retries', route => route.traffic.retries),
    ],
  });

  show({ routes }) {
    routes.forEach((route, at) => {
      route.at = at;
    });
    this.#table.set(routes);
  }
}
