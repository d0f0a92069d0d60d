// Draws a Flow: a column for each kind, lines as wide as the rate between them. The same is there as a table.

const kMostNodes = 10;    // in a column: a picture of a thousand boxes shows nothing
const kWidestFlow = 18;   // pixels

class FlowPicture {
  #picture = by_id('flow-picture');
  #table;
  #width = 0;
  #scale = 1;
  #flow = null;

  constructor() {
    const node_of = id => this.#flow.nodes.get(id);
    const text_of = id => `${kFlowColumns[node_of(id).column]}: ${shown(node_of(id).name)}`;
    this.#table = new Table(by_id('flow-table'), {
      caption: 'flows',
      key: link => `${link.from}\n${link.to}`,
      sorted: { column: 2, sign: -1 },
      columns: [
        { title: 'From', value: link => text_of(link.from), text: link => text_of(link.from), kind: 'long' },
        { title: 'To', value: link => text_of(link.to), text: link => text_of(link.to), kind: 'long' },
        number_column('Requests/s', link => link.rate, rate => rate === null ? 'not counted' : rate_text(rate)),
        state_column('State', link => [node_of(link.to).state, node_of(link.to).is_fit]),
      ],
    });
    new ResizeObserver(([entry]) => this.#resize(entry.contentRect.width)).observe(this.#picture);
    by_id('flow-details').addEventListener('toggle', () => this.#show_table());
    if (kNarrow.matches) by_id('flow-details').open = true;
  }

  show(told) {
    this.#flow = Flow.of(told);
    this.#show_table();
    this.#draw();
  }

  #show_table() {
    if (this.#flow !== null && by_id('flow-details').open) this.#table.set(this.#flow.links);
  }

  #resize(width) {
    this.#width = width;
    this.#scale = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    this.#draw();
  }

  #draw() {
    if (this.#flow === null || this.#width === 0) return;
    const flow = this.#flow.shortened(kMostNodes);
    const boxes = this.#place(flow);
    const height = 30 * this.#scale + Math.max(...[...boxes.values()].map(box => box.y + box.height), 0) + 4;
    const links = this.#links_of(flow, boxes);
    const titles = kFlowColumns.map(
      (title, at) => svg('text', { class: 'column', x: this.#x(at), y: 15 * this.#scale }, title));
    set_attribute(this.#picture, 'height', Math.ceil(height));
    this.#picture.replaceChildren(...titles, svg('g', { transform: `translate(0 ${30 * this.#scale})` }, ...links,
                                                 ...[...boxes.values()].map(box => this.#box_of(box))));
    set_attribute(this.#picture, 'aria-label', this.#words(flow));
  }

  #words(flow) {
    const counts = kFlowColumns.map((title, at) => {
      const nodes = [...this.#flow.nodes.values()].filter(node => node.column === at);
      const out = nodes.filter(node => !node.is_fit).length;
      return `${count_text(nodes.length)} ${title.toLowerCase()}${out > 0 ? `, ${out} of them out` : ''}`;
    });
    return `The way of requests: ${counts.join('; ')}. The table below has each flow.`;
  }

  get #gap() {
    return this.#width * 0.055;
  }
  get #box_width() {
    return (this.#width - 4 * this.#gap - 2) / 5;
  }
  #x(column) {
    return 1 + column * (this.#box_width + this.#gap);
  }

  // Columns are as high as the highest one: shorter ones have more room between their boxes.
  #place(flow) {
    const columns = kFlowColumns.map((_, at) => [...flow.nodes.values()].filter(node => node.column === at));
    const height = 40 * this.#scale, step = 50 * this.#scale;
    const most = Math.max(...columns.map(nodes => nodes.length), 1);
    const boxes = new Map();
    columns.forEach((nodes, column) => nodes.forEach((node, at) => {
      const y = (at + 0.5) * step * most / nodes.length - height / 2;
      boxes.set(node.id, { node, x: this.#x(column), y, height, in_width: 0, out_width: 0, in_at: 0, out_at: 0 });
    }));
    return boxes;
  }

  // The lines at one side of a box lie above each other.
  #links_of(flow, boxes) {
    const highest = Math.max(...flow.links.map(link => link.rate ?? 0), 1e-9);
    const lines = flow.links.map(link => ({
      link, from: boxes.get(link.from), to: boxes.get(link.to),
      width: link.rate ? 1.5 + (kWidestFlow - 1.5) * this.#scale * link.rate / highest : 1.5,
    }));
    lines.sort((one, other) => one.from.y - other.from.y || one.to.y - other.to.y);
    for (const line of lines) {
      line.from.out_width += line.width;
      line.to.in_width += line.width;
    }
    return lines.map(line => this.#line_of(line));
  }

  #line_of({ link, from, to, width }) {
    const x1 = from.x + this.#box_width, x2 = to.x, middle = (x1 + x2) / 2;
    const y1 = this.#end_of(from, 'out', width), y2 = this.#end_of(to, 'in', width);
    return svg('path', {
      d: `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`, 'stroke-width': width.toFixed(1),
      class: link.rate ? 'flow' : link.rate === null ? 'flow unknown' : 'flow idle',
    });
  }

  // Ends are spread over the side of the box; many thin ones share it.
  #end_of(box, side, width) {
    const all = box[`${side}_width`], room = Math.min(all, box.height - 8);
    const y = box.y + box.height / 2 - room / 2 + (box[`${side}_at`] + width / 2) * room / all;
    box[`${side}_at`] += width;
    return y.toFixed(1);
  }

  #box_of({ node, x, y, height }) {
    const mark = mark_of(node.state, node.is_fit);
    const letters = Math.floor((this.#box_width - 14 * this.#scale) / (7.7 * this.#scale));
    const cut = text => text.length <= letters ? text : `${text.slice(0, Math.max(1, letters - 1))}…`;
    const name = shown(node.name);
    const rate = node.rate === null ? '' : `${rate_text(node.rate)}/s`;
    const is_said = !['', 'up', 'open'].includes(node.state);
    const state = is_said ? `${mark.sign} ${shown(node.state)} ${rate}` : rate;
    const text = (at, text, kind) =>
      svg('text', { x: x + 8 * this.#scale, y: y + at * this.#scale, class: kind }, cut(text));
    const rect = svg('rect', { x, y, width: this.#box_width, height, rx: 6 });
    return svg('g', { class: 'box', 'data-kind': mark.kind }, svg('title', {}, `${name}: ${state}`), rect,
               text(17, name, 'name'), text(33, state, 'what'));
  }
}
