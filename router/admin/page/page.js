// Builds the page and keeps it fresh. A hidden tab asks nothing and draws nothing.

class Page {
  #router = new Router();
  #paths = new Paths();
  #contact;
  #feed;
  #lists;
  #sections = [];
  #traffic = new Traffic();
  #traffic_section;
  #members;
  #ticker = 0;

  constructor() {
    this.#contact = new Contact(this.#router, this.#paths, {
      live: () => this.#live(),
      lost: () => this.#feed.close(),
    });
    const events = new EventList();
    this.#feed = new EventFeed({
      numbers: (told, is_restarted) => this.#take_numbers(told, is_restarted),
      event: told => events.add(told),
      broken: () => this.#contact.broken(),
    });
    this.#lists = new Lists(this.#router, this.#paths, this.#contact);
    this.#add_sections();
    by_id('reload').addEventListener('click', () => this.#reload());
    by_id('notice-close').addEventListener('click', () => Notice.close());
    document.addEventListener('visibilitychange', () => document.hidden ? this.#sleep() : this.#wake());
    if (!document.hidden) this.#wake();
  }

  #add_sections() {
    const changed = () => this.#lists.again();
    const add = (id, terms) => {
      const section = new Section(id, terms);
      this.#sections.push(section);
      if (section.lists.length > 0) this.#lists.add(section);
      return section;
    };
    const shows = part => told => part.show(told);
    const read = '/api/v1/events';
    this.#traffic_section = add('traffic', { paths: [read] });
    const lists = ['listeners', 'sites', 'routes', 'upstreams', 'workers', 'servers'];
    add('flow', { lists, show: shows(new FlowPicture()) });
    this.#members = new Members(this.#router, changed);
    add('members', { lists: ['workers', 'servers'], show: shows(this.#members) });
    add('circuits', { lists: ['circuits'], show: shows(new Circuits(this.#router, changed)) });
    add('routes', { lists: ['routes'], show: shows(new Routes()) });
    add('requests', { lists: ['requests'], show: shows(new Requests()) });
    add('streams', { lists: ['streams'], show: shows(new Streams(this.#router, changed)) });
    add('wamp', { lists: ['wamp'], show: shows(new WampSessions(this.#router, changed)) });
    add('certificates', { lists: ['certificates'], show: shows(new Certificates()) });
    add('explain', { paths: ['/api/v1/explain'] });
    new Explain(this.#router);
    add('events', { paths: [read] });
    add('log', { lists: ['log'], show: shows(new LogLevel(this.#router, changed)) });
    add('facts', { lists: ['version'], show: told => this.#show_version(told.version) });
  }

  #wake() {
    this.#contact.resume();
    this.#ticker = setInterval(() => this.#tick(), 1000);
  }

  #sleep() {
    clearInterval(this.#ticker);
    this.#feed.close();
    this.#contact.pause();
  }

  #live() {
    for (const section of this.#sections) section.check(this.#paths);
    this.#members.may_close = this.#paths.has('/api/v1/streams');
    set_hidden(by_id('numbers'), !this.#paths.has('/api/v1/events'));
    if (this.#paths.has('/api/v1/events')) this.#feed.open();
    this.#lists.again();
  }

  #tick() {
    this.#contact.tick();
    this.#feed.tick();
    this.#lists.tick();
  }

  #take_numbers(told, is_restarted) {
    this.#contact.heard();
    this.#traffic.add(told, is_restarted);
    if (this.#traffic_section.is_visible) this.#traffic.draw();
  }

  #show_version({ version, instance, loops, reloads }) {
    const threads = `${count_text(loops)} loop${loops === 1 ? '' : 's'}`;
    set_text(by_id('version'), `${shown(version)}, ${shown(instance)}, ${threads}`);
    const done = `${count_text(reloads.done)} done, ${count_text(reloads.failed)} failed`;
    set_text(by_id('reloads'), reloads.error ? `${done}; the last one failed: ${shown(reloads.error)}` : done);
  }

  async #reload() {
    const text = 'The router reads its configuration file again. When something in it is wrong, nothing changes.';
    if (!(await confirm_change('Reload?', text, 'Reload'))) return;
    const done = 'The configuration file was read again';
    if (await this.#router.change('POST', '/api/v1/reload', undefined, done)) this.#lists.again();
  }
}

new Page();
