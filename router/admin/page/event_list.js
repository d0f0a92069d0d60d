// The newest events.

const kMostEvents = 200;

class EventList {
  #list = by_id('events-list');
  #chosen = by_id('events-kind');

  constructor() {
    for (const kind of kEventKinds) this.#chosen.append(element('option', { value: kind }, kind.replaceAll('_', ' ')));
    this.#chosen.addEventListener('change', () => {
      for (const item of this.#list.children) set_hidden(item, !this.#is_chosen(item.dataset.event));
      this.#show_emptiness();
    });
  }

  // An event of kind "lost" has neither time nor text.
  add({ kind, subject, text, at = Date.now() / 1000 }) {
    const time = element('time', { datetime: date_of(at).toISOString() }, clock_text(at));
    const what = kind === 'lost' ? 'events were missed here' : shown(text || subject);
    const item = element('li', { 'data-event': kind, hidden: !this.#is_chosen(kind) }, time, ' ',
                         element('strong', {}, kind.replaceAll('_', ' ')), ` ${what}`);
    this.#list.prepend(item);
    while (this.#list.children.length > kMostEvents) this.#list.lastElementChild.remove();
    this.#show_emptiness();
  }

  #is_chosen(kind) {
    return this.#chosen.value === '' || this.#chosen.value === kind;
  }
  #show_emptiness() {
    set_hidden(by_id('events-empty'), [...this.#list.children].some(item => !item.hidden));
  }
}
