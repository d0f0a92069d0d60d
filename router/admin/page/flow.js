// Which way requests take: listeners, sites, routes, upstreams, and the workers and servers behind them.
// Pure: made of the lists of the API. Not here: how it is drawn (flow_picture.js).

const kRealmGroup = 'wamp:';  // what the API puts in front of the realm that a worker announces
const kFlowColumns = ['Listeners', 'Sites', 'Routes', 'Upstreams', 'Workers and servers'];

class Flow {
  nodes = new Map();  // by id: {id, column, name, state, is_fit, rate}
  links = [];         // {from, to: ids, rate: a second, or null when nobody counts it}
  #counted = new Set();  // routes, by what they are counted by

  static of({ listeners, sites, routes, upstreams, workers, servers }) {
    const flow = new Flow();
    const is_ours = route => route.backend !== 'admin';
    const its_sites = new Set(routes.filter(is_ours).map(route => route.site));
    for (const site of sites)
      if (its_sites.has(site.name)) flow.#add(1, site.name, site.name, 'up', true, site.rate);
    flow.#add_listeners(listeners.filter(listener => !listener.management));
    const is_shown = Flow.#shown_upstreams(routes, upstreams);
    for (const upstream of upstreams)
      if (is_shown(upstream)) flow.#add_upstream(upstream);
    routes.forEach((route, at) => is_ours(route) && flow.#add_route(route, at, upstreams));
    for (const worker of workers) flow.#add_member(worker, 'worker');
    for (const server of servers) flow.#add_member(server, 'server');
    return flow;
  }

  // At most so many nodes in a column: those that are out, then those with most requests. The others become one node.
  shortened(most) {
    const short = new Flow();
    const place = new Map();
    for (let column = 0; column < kFlowColumns.length; ++column) {
      const all = [...this.nodes.values()].filter(node => node.column === column);
      const kept = all.length <= most ? all : this.#foremost(all, most - 1);
      const others = all.length - kept.length;
      for (const node of kept) place.set(node.id, short.#put({ ...node }));
      if (others === 0) continue;
      const rest = short.#add(column, 'rest', `${count_text(others)} more`, '', true);
      for (const node of all) {
        if (place.has(node.id)) continue;
        place.set(node.id, rest);
        rest.rate += node.rate ?? 0;
      }
    }
    short.#join_links(this.links, place);
    return short;
  }

  #foremost(all, most) {
    const rank = node => (node.is_fit ? 0 : 1e12) + (node.rate ?? 0);
    const out = all.filter(node => !node.is_fit).slice(0, Math.floor(most / 2));
    const chosen = new Set(out);
    for (const node of [...all].sort((one, other) => rank(other) - rank(one))) {
      if (chosen.size === most) break;
      if (node.is_fit || out.includes(node)) chosen.add(node);
    }
    return all.filter(node => chosen.has(node));
  }

  #join_links(links, place) {
    const joined = new Map();
    for (const link of links) {
      const from = place.get(link.from).id, to = place.get(link.to).id, key = `${from}\n${to}`;
      const known = joined.get(key);
      if (known === undefined) joined.set(key, { from, to, rate: link.rate });
      else if (link.rate !== null) known.rate = (known.rate ?? 0) + link.rate;
    }
    this.links = [...joined.values()];
  }

  #put(node) {
    this.nodes.set(node.id, node);
    return node;
  }

  #add(column, key, name, state, is_fit, rate = 0) {
    return this.#put({ id: `${column} ${key}`, column, name, state, is_fit, rate });
  }

  #link(from, to, rate) {
    if (this.nodes.has(from) && this.nodes.has(to)) this.links.push({ from, to, rate });
  }

  // Requests are counted by site: those of a listener are known when no other listener has its sites.
  #add_listeners(listeners) {
    const names_of = listener => (listener.sites ?? []).filter(name => this.nodes.has(`1 ${name}`));
    const uses = new Map();
    for (const name of listeners.flatMap(names_of)) uses.set(name, (uses.get(name) ?? 0) + 1);
    for (const listener of listeners) {
      const node = this.#add(0, listener.url, listener.url, 'open', true);
      for (const name of names_of(listener)) {
        const rate = uses.get(name) > 1 ? null : this.nodes.get(`1 ${name}`).rate;
        node.rate = rate === null || node.rate === null ? null : node.rate + rate;
        this.#link(node.id, `1 ${name}`, rate);
      }
    }
  }

  static #upstream_key(upstream) {
    const realms = (upstream.realms ?? []).map(realm => realm.url);  // paths of WAMP have one name
    return [upstream.kind, upstream.name ?? '', upstream.announced_realms ?? '', ...realms].join(' ');
  }

  // The servers of a path of WAMP stand behind that path: their pools are no upstreams of their own unless a route names
  // them, too.
  static #shown_upstreams(routes, upstreams) {
    const inner = new Set(upstreams.flatMap(upstream => upstream.realms ?? []).map(realm => realm.pool));
    const routed = new Set(routes.map(route => upstreams[route.backend_index]));
    return upstream => upstream.kind !== 'admin' && (!inner.has(upstream.name) || routed.has(upstream));
  }

  #add_upstream(upstream) {
    const key = Flow.#upstream_key(upstream);
    const known = this.nodes.get(`3 ${key}`);
    const node = known ?? this.#add(3, key, upstream.name ?? upstream.kind, 'ready', true, 0);
    node.state = upstream.ready ? 'ready' : 'not ready';
    node.is_fit = upstream.ready;
    node.pool = upstream.kind === 'servers' || upstream.kind === 'mixed' ? upstream.name : null;
    node.realms = upstream.realms ?? [];
    node.announced_realms = upstream.announced_realms ?? false;
    node.groups = upstream.groups ?? (upstream.kind === 'workers' ? [upstream.name.replace(/^fabric:?/, '')] : []);
  }

  #add_route(route, at, upstreams) {
    const state = route.answer === 'backend' ? 'up' : route.answer;
    const name = route.path || (route.backend === 'files' ? '(files)' : '(claims of workers)');
    // Routes of one path that differ by their methods are counted together.
    const is_counted = this.#counted.has(kLists.routes.key(route));
    this.#counted.add(kLists.routes.key(route));
    const node = this.#add(2, at, name, state, true, is_counted ? null : route.rate ?? 0);
    this.#link(`1 ${route.site}`, node.id, node.rate);
    if (route.answer !== 'backend') return;
    const upstream = upstreams[route.backend_index] ?? upstreams.find(one => one.name === route.backend);
    if (upstream === undefined) return;
    const to = this.nodes.get(`3 ${Flow.#upstream_key(upstream)}`);
    if (to === undefined) return;
    to.rate += node.rate ?? 0;
    this.#link(node.id, to.id, node.rate);
  }

  #add_member(member, kind) {
    const is_its = kind === 'worker' ? Flow.#has_worker : Flow.#has_server;
    const ups = [...this.nodes.values()].filter(node => node.column === 3 && is_its(node, member));
    const key = `${kind} ${member.name} ${member.instance ?? member.pool}`;
    const node = this.#add(4, key, member.name, member.state, member.fit, member.rate);
    for (const up of ups) this.#link(up.id, node.id, ups.length === 1 ? node.rate : null);
  }

  // A realm that a backend of the file has never goes to workers.
  static #has_worker(upstream, { group = '' }) {
    if (!group.startsWith(kRealmGroup)) return upstream.groups.includes(group);
    const realm = group.slice(kRealmGroup.length);
    return upstream.announced_realms && !upstream.realms.some(one => one.realm === realm);
  }

  static #has_server(upstream, { pool }) {
    return upstream.pool === pool || upstream.realms.some(one => one.pool === pool);
  }
}
