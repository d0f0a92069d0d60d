// Asks the operator, and tells how a change went.

// Shows the content until it is closed. Resolves with whether it was confirmed. The focus goes to what has `autofocus`,
// else to the title: a long content is read from its beginning.
function open_dialog(title, content, buttons) {
  return new Promise(resolve => {
    const heading = element('h2', { id: new_id('dialog'), tabindex: -1 }, title);
    const form = element('form', { method: 'dialog' }, heading, ...content,
                         element('p', { class: 'buttons' }, ...buttons));
    const dialog = element('dialog', { 'aria-labelledby': heading.id }, form);
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'confirmed');
    });
    document.body.append(dialog);
    dialog.showModal();
    (dialog.querySelector('[autofocus]') ?? heading).focus();
  });
}

function button(text, value, attributes = {}) {
  return element('button', { value, ...attributes }, text);
}

function tell(title, ...content) {
  return open_dialog(title, content, [button('Close', 'cancelled')]);
}

function confirm_change(title, text, verb) {
  return open_dialog(title, [element('p', {}, text)],
                     [button(verb, 'confirmed', { class: 'main' }),
                      button('Cancel', 'cancelled', { formnovalidate: true, autofocus: true })]);
}

// Resolves with the text of the field, or null.
async function ask_for(title, text, label, attributes, verb) {
  const input = element('input', { id: new_id('field'), required: true, autofocus: true, ...attributes });
  const is_confirmed =
      await open_dialog(title, [element('p', {}, text), element('label', { for: input.id }, label), input],
                        [button(verb, 'confirmed', { class: 'main' }),
                         button('Cancel', 'cancelled', { formnovalidate: true })]);
  return is_confirmed ? input.value : null;
}

// One line for the last change; a screen reader says it.
const Notice = {
  show(text, is_failure = false) {
    const notice = by_id('notice');
    set_attribute(notice, 'data-kind', is_failure ? 'out' : 'good');
    set_text(by_id('notice-text'), (is_failure ? '✕ ' : '✓ ') + text);
    set_hidden(by_id('notice-close'), false);
  },
  close() {
    set_text(by_id('notice-text'), '');
    set_hidden(by_id('notice-close'), true);
    by_id('notice').removeAttribute('data-kind');
  },
};
