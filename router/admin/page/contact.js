// Whether the router answers, since when it does not, and which paths it has. Asks again until it answers.
//
//     paused ──resume──▶ asking ──index read──▶ live
//        ▲                 ▲  ↺ timer            │
//        │                 └────────broken───────┤
//        └────────────────pause──────────────────┘

const kLongestWait = 8_000;  // ms between two tries

class Contact {
  #router;
  #paths;
  #to;
  #state = 'paused';
  #is_lost = false;
  #heard_at = Date.now();
  #wait = 500;
  #timer = 0;

  // `to`: live() when the router answers again, lost() when it does no more.
  constructor(router, paths, to) {
    this.#router = router;
    this.#paths = paths;
    this.#to = to;
  }

  get is_live() {
    return this.#state === 'live';
  }

  resume() {
    if (this.#state !== 'paused') return;
    if (!this.#is_lost) this.#heard_at = Date.now();
    this.#wait = 500;
    this.#ask();
  }

  pause() {
    clearTimeout(this.#timer);
    this.#state = 'paused';
  }

  // Something came from the router.
  heard() {
    this.#heard_at = Date.now();
    this.#wait = 500;
  }

  // A stream ended, or nobody answered.
  broken() {
    if (this.#state !== 'live') return;
    this.#to.lost();
    this.#ask_later('');
  }

  // Once a second. A screen reader says the state only, not each second of it.
  tick() {
    set_text(by_id('contact-age'), this.#is_lost ? `for ${span_text((Date.now() - this.#heard_at) / 1000)}` : '');
  }

  async #ask() {
    this.#state = 'asking';
    try {
      this.#paths.learn(await this.#router.read('/api/v1'));
    } catch (failure) {
      if (this.#state === 'asking') this.#ask_later(failure instanceof Refusal ? failure.message : '');
      return;
    }
    if (this.#state !== 'asking') return;
    this.#state = 'live';
    this.#is_lost = false;
    this.#heard_at = Date.now();
    this.#show('good', '●', 'live');
    this.#to.live();
  }

  #ask_later(why) {
    this.#state = 'asking';
    this.#show_lost(why);
    this.#timer = setTimeout(() => this.#ask(), this.#wait);
    this.#wait = Math.min(2 * this.#wait, kLongestWait);
  }

  #show_lost(why) {
    if (this.#is_lost) return;
    this.#is_lost = true;
    this.#show('out', '✕', why ? `refused: ${why}` : `no contact since ${clock_text(this.#heard_at / 1000)}`);
  }

  #show(kind, sign, text) {
    set_attribute(by_id('contact'), 'data-kind', kind);
    set_text(by_id('contact-sign'), sign);
    set_text(by_id('contact-text'), text);
    set_attribute(document.body, 'data-contact', kind);
    this.tick();
  }
}
