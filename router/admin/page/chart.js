// Lines over the last ten minutes, in one picture. Each line has a colour and a pattern of dashes of its own.

// In rem.
const kMargin = { left: 3.7, bottom: 1.4, top: 0.5, right: 0.6 };

const kShortestPiece = 3;  // pixels: dashes of shorter ones cannot be told apart

// Ends of an axis that begins at zero, with three to five steps.
function linear_scale(highest) {
  const top = Math.max(highest, 1);
  const size = 10 ** Math.floor(Math.log10(top));
  const step = [0.2, 0.25, 0.5, 1, 2, 2.5].map(part => part * size).find(part => top / part <= 4) ?? 5 * size;
  const steps = Math.max(1, Math.ceil(top / step));
  const ticks = Array.from({ length: steps + 1 }, (_, at) => at * step);
  return { ticks, part: value => value / (steps * step) };
}

// Whole powers of ten around the values.
function logarithmic_scale(lowest, highest) {
  const low = Math.floor(Math.log10(Math.max(lowest, 0.01)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(highest, 0.1))));
  const ticks = Array.from({ length: high - low + 1 }, (_, at) => 10 ** (low + at));
  return { ticks, part: value => Math.max(0, (Math.log10(Math.max(value, 1e-9)) - low) / (high - low)) };
}

class Chart {
  #title;
  #lines;
  #format;
  #is_logarithmic;
  #picture;
  #parts;
  #legend = [];
  #moment;
  #margin = { ...kMargin };  // in pixels
  #width = 0;
  #height = 0;
  #pointer = null;  // x of the pointer over the picture
  #history = null;
  #said_at = 0;

  // `lines`: {key, title}; `format` makes the text of a value.
  constructor(holder, { title, lines, format, is_logarithmic = false }) {
    this.#title = title;
    this.#lines = lines;
    this.#format = format;
    this.#is_logarithmic = is_logarithmic;
    const part = name => svg('g', { class: name });
    this.#parts = { grid: part('grid'), lines: part('lines'), pointer: part('pointer') };
    for (let at = 0; at < lines.length; ++at) this.#parts.lines.append(svg('path', { class: `line line-${at}` }));
    this.#picture = svg('svg', { role: 'img', class: 'chart', 'aria-label': `${title}: no values yet` },
                        ...Object.values(this.#parts));
    this.#moment = element('span', { class: 'moment' }, 'now');
    const legend = element('ul', { class: 'legend' }, ...lines.map((line, at) => this.#legend_of(line, at)));
    holder.append(element('h3', {}, title, ' ', this.#moment), legend, this.#picture);
    new ResizeObserver(([entry]) => this.#resize(entry.contentRect)).observe(this.#picture);
    this.#picture.addEventListener('pointermove', event => this.#point(event.offsetX));
    this.#picture.addEventListener('pointerleave', () => this.#point(null));
  }

  draw(history) {
    this.#history = history;
    if (this.#width === 0) return;
    const samples = history.samples;
    const end = history.last?.to ?? history.latest?.at ?? 0;
    const scale = this.#scale_of(samples);
    this.#draw_grid(scale);
    const groups = this.#groups_of(samples);
    this.#lines.forEach((line, at) =>
      set_attribute(this.#parts.lines.children[at], 'd', this.#path(groups, line.key, scale, end)));
    this.#draw_pointer(end);
    this.#say(samples);
  }

  #legend_of(line, at) {
    const value = element('span', { class: 'value' }, '–');
    this.#legend.push(value);
    const swatch = svg('svg', { class: 'swatch', 'aria-hidden': 'true' },
                       svg('line', { x1: 0, y1: 6, x2: 30, y2: 6, class: `line line-${at}` }));
    return element('li', {}, swatch, `${line.title} `, value);
  }

  #resize({ width, height }) {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    for (const [side, size] of Object.entries(kMargin)) this.#margin[side] = size * rem;
    this.#width = width;
    this.#height = height;
    if (this.#history !== null) this.draw(this.#history);
  }

  #point(x) {
    this.#pointer = x;
    if (this.#history !== null) this.draw(this.#history);
  }

  #values_of(samples) {
    return samples.flatMap(sample => this.#lines.map(line => sample[line.key])).filter(value => value !== null);
  }

  #scale_of(samples) {
    const values = this.#values_of(samples);
    const highest = values.reduce((most, value) => Math.max(most, value), 0);
    if (!this.#is_logarithmic) return linear_scale(highest);
    return logarithmic_scale(values.reduce((least, value) => Math.min(least, value), highest || 1), highest || 10);
  }

  #x(time, end) {
    const width = this.#width - this.#margin.left - this.#margin.right;
    return this.#margin.left + width * Math.max(0, 1 - (end - time) / this.#history.span);
  }

  #y(part) {
    const height = this.#height - this.#margin.top - this.#margin.bottom;
    return this.#margin.top + height * (1 - Math.min(1, part));
  }

  // Neighbours that share a few pixels, joined. They are cut at fixed times, so that pieces stay as they are while the
  // picture moves on.
  #groups_of(samples) {
    const width = Math.max(1, this.#width - this.#margin.left - this.#margin.right);
    const seconds = Math.max(1, Math.ceil(kShortestPiece * this.#history.span / width));
    return [...Map.groupBy(samples, sample => Math.floor(sample.to / seconds)).values()];
  }

  // A group is a level piece from its beginning to its end: after a gap in time it is the mean of the gap. Rates are
  // drawn as their mean, latencies as the highest of them.
  #path(groups, key, scale, end) {
    const path = [];
    let last_to = null;
    for (const group of groups) {
      const value = this.#is_logarithmic ? most_of(group, key) : mean_of(group, key);
      const from = group[0].from, to = group[group.length - 1].to;
      if (value !== null) {
        const y = this.#y(scale.part(value)).toFixed(1);
        const move = last_to === from ? 'L' : 'M';
        path.push(`${move}${this.#x(from, end).toFixed(1)} ${y}H${this.#x(to, end).toFixed(1)}`);
      }
      last_to = value === null ? null : to;
    }
    return path.join('');
  }

  #draw_grid(scale) {
    const shape = `${this.#width} ${this.#height} ${this.#history.span} ${scale.ticks}`;
    if (this.#parts.grid.dataset.shape === shape) return;
    this.#parts.grid.dataset.shape = shape;
    const made = [];
    for (const tick of scale.ticks) {
      const y = Math.round(this.#y(scale.part(tick))) + 0.5;
      made.push(svg('line', { x1: this.#margin.left, x2: this.#width - this.#margin.right, y1: y, y2: y }),
                svg('text', { x: this.#margin.left - 6, y: y + 4, 'text-anchor': 'end' }, this.#format(tick)));
    }
    const span = this.#history.span;
    for (const [part, anchor] of [[1, 'start'], [0.5, 'middle'], [0, 'end']]) {
      const text = part === 0 ? 'now' : span * part < 60 ? `−${span * part} s` : `−${span * part / 60} min`;
      made.push(svg('text', { x: this.#x(-span * part, 0), y: this.#height - 4, 'text-anchor': anchor }, text));
    }
    this.#parts.grid.replaceChildren(...made);
  }

  #draw_pointer(end) {
    const width = this.#width - this.#margin.left - this.#margin.right;
    const part = this.#pointer === null ? null : (this.#pointer - this.#margin.left) / width;
    const time = part === null ? null : end - this.#history.span * (1 - part);
    const sample = time === null ? this.#history.last : this.#history.at(time);
    this.#lines.forEach((line, at) => set_text(this.#legend[at], this.#format(sample?.[line.key] ?? null)));
    set_text(this.#moment, time === null ? 'now' : `at ${clock_text(time)}`);
    if (time === null) return this.#parts.pointer.replaceChildren();
    const x = this.#pointer, bottom = this.#height - this.#margin.bottom;
    this.#parts.pointer.replaceChildren(svg('line', { x1: x, x2: x, y1: this.#margin.top, y2: bottom }));
  }

  // What the picture says, in words; rarely, as some readers say each change of it.
  #say(samples) {
    if (Date.now() - this.#said_at < 10_000 || samples.length === 0) return;
    this.#said_at = Date.now();
    const parts = this.#lines.map(line => {
      const values = samples.map(sample => sample[line.key]).filter(value => value !== null);
      if (values.length === 0) return `${line.title}: no values`;
      const [now, low, high] = [values[values.length - 1], Math.min(...values), Math.max(...values)].map(this.#format);
      return `${line.title}: now ${now}, from ${low} to ${high}`;
    });
    const minutes = span_text(samples[samples.length - 1].to - samples[0].from);
    set_attribute(this.#picture, 'aria-label', `${this.#title} in the last ${minutes}. ${parts.join('. ')}.`);
  }
}
