// The lists of the API that a visible part of the page needs, each read every two seconds at most.

const kPeriod = 2_000;  // ms

// `row` names the rows' array. `key` tells rows apart, `total` is a count of which rows get the rate.
const kLists = {
  version: { path: '/api/v1/version' },
  listeners: { path: '/api/v1/listeners', row: 'listeners' },
  sites: { path: '/api/v1/sites', row: 'sites', key: site => site.name, total: site => site.requests },
  routes: {
    path: '/api/v1/routes',
    row: 'routes',
    key: route => [route.site, route.path, route.backend].join('\0'),
    total: route => route.traffic.requests,
  },
  upstreams: { path: '/api/v1/upstreams', row: 'upstreams' },
  servers: {
    path: '/api/v1/servers',
    row: 'servers',
    key: server => [server.pool, server.name].join('\0'),
    total: server => server.requests,
  },
  workers: {
    path: '/api/v1/workers',
    row: 'workers',
    key: worker => [worker.name, worker.instance].join('\0'),
    total: worker => worker.requests,
  },
  circuits: { path: '/api/v1/circuits', row: 'circuits' },
  certificates: { path: '/api/v1/certificates', row: 'certificates' },
  requests: { path: '/api/v1/requests', query: '?failed=500&slow=100' },
  streams: { path: '/api/v1/streams' },
  wamp: { path: '/api/v1/wamp' },
  log: { path: '/api/v1/log' },
};

// Rates of rows from the differences between two readings of a list.
class Rates {
  #before = new Map();
  #at = 0;

  note(rows, { key, total }) {
    const now = performance.now(), seconds = (now - this.#at) / 1000;
    const totals = new Map();
    for (const row of rows) {
      const name = key(row), count = total(row), before = this.#before.get(name);
      row.rate = before === undefined || count < before ? null : (count - before) / seconds;
      totals.set(name, count);
    }
    this.#before = totals;
    this.#at = now;
  }
}

class Lists {
  #router;
  #paths;
  #contact;
  #sections = [];
  #told = {};        // the newest answer of each list
  #read_at = {};     // when it was asked for
  #is_asked = {};
  #rates = {};

  constructor(router, paths, contact) {
    this.#router = router;
    this.#paths = paths;
    this.#contact = contact;
  }

  add(section) {
    this.#sections.push(section);
    section.seen = () => this.tick();
  }

  // Something was changed: what is visible is read again now.
  again() {
    this.#read_at = {};
    this.tick();
  }

  tick() {
    if (!this.#contact.is_live) return;
    const needed = new Set(this.#sections.filter(section => section.is_visible).flatMap(section => section.lists));
    for (const name of needed) this.#read(name);
  }

  async #read(name) {
    const list = kLists[name];
    const now = performance.now(), age = now - (this.#read_at[name] ?? -Infinity);
    if (this.#is_asked[name] || age < kPeriod - 50 || !this.#paths.has(list.path)) return;
    this.#is_asked[name] = true;
    this.#read_at[name] = now;
    try {
      this.#take(name, list, await this.#router.read(list.path + (list.query ?? '')));
      this.#contact.heard();
    } catch (failure) {
      if (!(failure instanceof Refusal)) this.#contact.broken();
      if (failure.status === 404) this.#paths.lost(list.path);
    } finally {
      this.#is_asked[name] = false;
    }
    this.#show(name);
  }

  #take(name, list, told) {
    const rows = list.row ? told[list.row] : told;
    if (list.total) (this.#rates[name] ??= new Rates()).note(rows, list);
    this.#told[name] = rows;
  }

  // A part is drawn once for all of its lists: when the last one of them is there.
  #show(name) {
    for (const section of this.#sections.filter(section => section.lists.includes(name))) {
      section.check(this.#paths);
      const is_ready = section.lists.every(one => this.#told[one] !== undefined && !this.#is_asked[one]);
      if (section.is_visible && is_ready) section.show(this.#told);
    }
  }
}

// A part of the page: it hides itself when the router has not all of its paths.
class Section {
  is_visible = false;
  seen = () => {};  // called when it becomes visible
  #element;
  #link;
  #paths;

  // `show` takes the lists by name. `paths`: further ones it calls.
  constructor(id, { lists = [], paths = [], show = () => {} }) {
    this.#element = by_id(id);
    this.#link = document.querySelector(`nav a[href="#${id}"]`)?.parentElement;
    this.lists = lists;
    this.show = show;
    this.#paths = [...lists.map(name => kLists[name].path), ...paths];
    new IntersectionObserver(entries => {
      this.is_visible = entries[entries.length - 1].isIntersecting;
      if (this.is_visible) this.seen();
    }, { rootMargin: '100px' }).observe(this.#element);
  }

  check(paths) {
    const is_hidden = !this.#paths.every(path => paths.has(path));
    set_hidden(this.#element, is_hidden);
    if (this.#link) set_hidden(this.#link, is_hidden);
  }
}
