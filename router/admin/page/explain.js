// A form that asks what the router would do with a request.

class Explain {
  #router;
  #answer = by_id('explain-answer');

  constructor(router) {
    this.#router = router;
    by_id('explain-form').addEventListener('submit', event => {
      event.preventDefault();
      this.#ask(new FormData(event.target));
    });
  }

  async #ask(form) {
    const query = new URLSearchParams({ method: form.get('method'), url: form.get('url') });
    if (form.get('client') !== '') query.set('client', form.get('client'));
    try {
      this.#show(await this.#router.read(`/api/v1/explain?${query}`));
    } catch (failure) {
      this.#answer.replaceChildren(element('p', { class: 'state', 'data-kind': 'out' }, `✕ ${failure.message}`));
    }
  }

  #show({ outcome, steps, route, members }) {
    const status = outcome.status ? ` with ${outcome.status}` : '';
    const why = [outcome.reason, outcome.detail].filter(Boolean).map(shown).join(': ');
    const is_good = outcome.answer !== 'error';
    const to = route ? ` Its route: ${shown(route.site)}${shown(route.path)}, to ${shown(route.backend)}.` : '';
    const sign = is_good ? '✓' : '✕';
    const sentence = `${sign} Answered by ${shown(outcome.answer)}${status}.${why ? ` ${why}.` : ''}${to}`;
    const list = (kind, title, items) =>
      items.length === 0 ? [] : [element('h3', {}, title), element(kind, { class: 'steps' }, ...items)];
    this.#answer.replaceChildren(element('p', { class: 'state', 'data-kind': is_good ? 'good' : 'out' }, sentence),
                                 ...list('ol', 'Steps', steps.map(step => this.#step_of(step))),
                                 ...list('ul', 'Who would get it', members.map(member => this.#member_of(member))));
  }

  #step_of(step) {
    const says = `${shown(step.step)} ${step.matched ? 'fits' : 'does not fit'}`;
    return this.#item(step.matched ? 'good' : 'idle', step.matched ? '✓' : '–', says, shown(step.what), step.why);
  }

  #member_of(member) {
    const [sign, word] = member.next ? ['➔', 'next'] : member.fit ? ['●', 'fit'] : ['✕', 'gets nothing'];
    const says = `${shown(member.kind)} ${shown(member.name)}: ${word}`;
    return this.#item(member.fit ? 'good' : 'out', sign, says, '', member.why);
  }

  #item(kind, sign, says, what, why) {
    return element('li', { 'data-kind': kind }, element('span', { class: 'sign', 'aria-hidden': 'true' }, sign), ' ',
                   element('strong', {}, says), ` ${what}`, element('span', { class: 'why' }, ` ${shown(why)}`));
  }
}
