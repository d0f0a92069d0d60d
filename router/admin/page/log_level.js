// The level of the log, which is changed for a time.

class LogLevel {
  #router;
  #changed;

  constructor(router, changed) {
    this.#router = router;
    this.#changed = changed;
    by_id('log-form').addEventListener('submit', event => {
      event.preventDefault();
      this.#set(new FormData(event.target));
    });
  }

  show({ log }) {
    const left = log.seconds_left > 0 ? `, for ${span_text(log.seconds_left)} more` : '';
    set_text(by_id('log-now'), `Now: ${shown(log.level)}${left}`);
  }

  async #set(form) {
    const level = form.get('level'), seconds = Number(form.get('seconds'));
    const done = `The log has level ${level} for ${span_text(seconds)}`;
    if (await this.#router.change('PATCH', '/api/v1/log', { level, seconds }, done)) this.#changed();
  }
}
