// A table that is sorted, searched and shown a page at a time. Its rows stay elements: only texts that changed are
// written. While the pointer or the focus is in it, rows keep their places: no button moves away from under a hand.

const kNarrow = matchMedia('(max-width: 44rem)');

function compare(one, other) {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  if (one === null || other === null) return (one === null ? -1 : 0) + (other === null ? 1 : 0);
  return String(one).localeCompare(String(other), 'en', { numeric: true });
}

function text_column(title, value, kind) {
  return { title, value, text: row => shown(value(row)) || '–', kind };
}

function number_column(title, value, text = count_text) {
  return { title, value, text: row => text(value(row)), kind: 'number' };
}

// `state_of(row)` gives the state, and whether it is fit.
function state_column(title, state_of) {
  const cell = holder => {
    const show = state_in(holder);
    return row => show(...state_of(row));
  };
  return { title, value: row => state_of(row)[0], cell };
}

class Table {
  #columns;
  #key;
  #size;            // rows of a page
  #rows = [];
  #shown = [];      // rows of the search, in order
  #page = 0;
  #sorted;          // {column, sign}
  #search = '';
  #body = element('tbody');
  #lines = [];      // of the page: {element, row, changes}
  #headers = [];
  #pager;
  #count = element('span', { class: 'count' });
  #empty;

  // A column: {title, value(row), text(row), cell(holder, row_of), kind}. `value` sorts and is searched; without it
  // there is nothing to sort by. `text` is shown. `cell` instead fills a cell once, and returns the function that shows
  // a row in it; `row_of()` is the row in its line. `kind`: number; long, for texts of any length; buttons-cell.
  constructor(holder, { caption, columns, key, sorted = null, empty = 'None.', size = 25 }) {
    this.#columns = columns;
    this.#key = key;
    this.#size = size;
    this.#sorted = sorted;
    this.#empty = element('p', { class: 'empty', hidden: true }, empty);
    const head = element('tr', { role: 'row' }, ...columns.map((column, at) => this.#header_of(column, at)));
    const table = element('table', { role: 'table' }, element('caption', { class: 'unseen' }, caption),
                          element('thead', { role: 'rowgroup' }, head), fill(this.#body, { role: 'rowgroup' }, []));
    const frame = element('div', { class: 'frame' }, table);
    holder.append(element('div', { class: 'tools' }, ...this.#search_of(caption), this.#pager_of(caption)),
                  frame, this.#empty);
    kNarrow.addEventListener('change', () => this.#draw());
    this.#show_order();
  }

  set(rows) {
    this.#rows = rows;
    if (this.#is_in_use()) this.#keep_order();
    else this.#order();
    this.#draw();
  }

  #is_in_use() {
    return this.#body.matches(':hover') || this.#body.contains(document.activeElement);
  }

  // The rows of before, with their new values, at their places; new rows behind them.
  #keep_order() {
    const by_key = new Map(this.#rows.map(row => [this.#key(row), row]));
    const kept = [];
    for (const row of this.#shown) {
      const key = this.#key(row), now = by_key.get(key);
      if (now !== undefined) kept.push(now);
      by_key.delete(key);
    }
    this.#shown = [...kept, ...[...by_key.values()].filter(row => this.#is_found(row))];
  }

  #order() {
    this.#shown = this.#search === '' ? [...this.#rows] : this.#rows.filter(row => this.#is_found(row));
    if (this.#sorted === null) return;
    const { column, sign } = this.#sorted;
    const value = this.#columns[column].value;
    this.#shown.sort((one, other) => sign * compare(value(one), value(other)));
  }

  #is_found(row) {
    return this.#columns.some(column => column.value && shown(column.value(row)).toLowerCase().includes(this.#search));
  }

  #header_of(column, at) {
    const header = element('th', { scope: 'col', role: 'columnheader', class: column.kind ?? null });
    this.#headers.push(header);
    if (!column.value) header.append(column.title);
    else header.append(element('button', { type: 'button', click: () => this.#sort_by(at) }, column.title,
                               element('span', { class: 'arrow', 'aria-hidden': 'true' })));
    return header;
  }

  #sort_by(column) {
    const is_same = this.#sorted?.column === column;
    const first = this.#columns[column].kind === 'number' ? -1 : 1;
    this.#sorted = { column, sign: is_same ? -this.#sorted.sign : first };
    this.#page = 0;
    this.#show_order();
    this.#order();
    this.#draw();
  }

  #show_order() {
    this.#headers.forEach((header, at) => {
      if (!this.#columns[at].value) return;
      const sign = this.#sorted?.column === at ? this.#sorted.sign : 0;
      set_attribute(header, 'aria-sort', sign === 0 ? 'none' : sign > 0 ? 'ascending' : 'descending');
      set_text(header.querySelector('.arrow'), sign === 0 ? '' : sign > 0 ? ' ▲' : ' ▼');
    });
  }

  #search_of(caption) {
    const input = element('input', { type: 'search', id: new_id('search'), autocomplete: 'off', input: () => {
      this.#search = input.value.toLowerCase();
      this.#page = 0;
      this.#order();
      this.#draw();
    } });
    return [element('label', { for: input.id }, 'Search', element('span', { class: 'unseen' }, ` ${caption}`)), input];
  }

  #pager_of(caption) {
    const turn = (text, word, step) => {
      const click = () => {
        this.#page += step;
        this.#draw();
      };
      return element('button', { type: 'button', 'aria-label': `${word} page of ${caption}`, click }, text);
    };
    this.#pager = [turn('‹', 'Previous', -1), turn('›', 'Next', 1)];
    return element('span', { class: 'pager' }, this.#pager[0], this.#count, this.#pager[1]);
  }

  #draw() {
    const size = kNarrow.matches ? Math.min(8, this.#size) : this.#size;
    const all = this.#shown.length, pages = Math.max(1, Math.ceil(all / size));
    this.#page = Math.min(Math.max(0, this.#page), pages - 1);
    const from = this.#page * size, rows = this.#shown.slice(from, from + size);
    rows.forEach((row, at) => this.#show_line(this.#lines[at] ?? this.#add_line(), row));
    for (const line of this.#lines.splice(rows.length)) line.element.remove();
    this.#show_place(all, pages, from, rows.length);
  }

  #show_place(all, pages, from, count) {
    const part = `${count_text(from + 1)}–${count_text(from + count)} of `;
    const place = (pages === 1 ? '' : part) + count_text(all);
    set_text(this.#count, place + (this.#is_in_use() && all > 1 ? ', order held' : ''));
    const is_off = [this.#page === 0, this.#page === pages - 1];
    this.#pager.forEach((button, at) => {
      set_hidden(button, pages === 1);
      if (button.disabled !== is_off[at]) button.disabled = is_off[at];
    });
    set_hidden(this.#empty, all > 0);
  }

  #add_line() {
    const line = { element: element('tr', { role: 'row' }), row: null, changes: [] };
    for (const column of this.#columns) {
      const cell = element('td', { role: 'cell', 'data-title': column.title, class: column.kind ?? null });
      const place = element('span', { class: 'content' });
      cell.append(place);
      line.element.append(cell);
      line.changes.push(column.cell ? column.cell(place, () => line.row) : row => set_text(place, column.text(row)));
    }
    this.#lines.push(line);
    this.#body.append(line.element);
    return line;
  }

  #show_line(line, row) {
    line.row = row;
    for (const change of line.changes) change(row);
  }
}
