// Makes and changes elements. What the API says goes in as text only, never as markup.

const kSvg = 'http://www.w3.org/2000/svg';

function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

// An attribute whose value is a function listens to the event of its name.
function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(kSvg, name), attributes, children);
}

function by_id(id) {
  return document.getElementById(id);
}

// Touches the document only when the text is another one.
function set_text(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function set_attribute(node, name, value) {
  if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

function set_hidden(node, is_hidden) {
  if (node.hidden !== is_hidden) node.hidden = is_hidden;
}

let last_id = 0;
function new_id(stem) {
  return `${stem}-${++last_id}`;
}

// How a worker, a server or a backend is: a sign, a word and a colour that say the same.
function mark_of(whole_state, is_fit = true) {
  const state = whole_state.replace(/^standby, /, '');
  if (/^(held|leaving|draining)/.test(state)) return { sign: '■', kind: 'held' };
  if (!is_fit || /^(out|unreachable|silent|not ready)/.test(state)) return { sign: '✕', kind: 'out' };
  if (/^(full|refusing|on trial|up, |ends soon)/.test(state)) return { sign: '▲', kind: 'busy' };
  return { sign: '●', kind: 'good' };
}

// A cell's content that shows a state; returns the function that changes it.
function state_in(holder) {
  const sign = element('span', { 'aria-hidden': 'true', class: 'sign' });
  const word = element('span');
  const all = element('span', { class: 'state' }, sign, ' ', word);
  holder.append(all);
  return (state, is_fit) => {
    const mark = mark_of(state, is_fit);
    set_attribute(all, 'data-kind', mark.kind);
    set_text(sign, mark.sign);
    set_text(word, shown(state));
  };
}
