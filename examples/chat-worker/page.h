// The chat's page. It is complete: it loads nothing from other servers.
#pragma once
#include <string_view>

inline constexpr std::string_view kPage = R"html(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Chat</title>
<style>
  :root { color-scheme: light dark; --line: #8884; --soft: #8882; --mine: #2563eb; --name: #2563eb; }
  @media (prefers-color-scheme: dark) { :root { --name: #8ab4ff; } }
  * { box-sizing: border-box; }
  body { font: 16px/1.4 system-ui, sans-serif; margin: 0 auto; max-width: 46rem; padding: .8rem; height: 100vh;
         height: 100dvh; display: flex; flex-direction: column; gap: .6rem; }
  form { display: flex; gap: .5rem; }
  input, button { font: inherit; padding: .45rem .7rem; border: 1px solid var(--line); border-radius: .5rem; }
  input { flex: 1; min-width: 0; background: transparent; }
  button { background: var(--mine); border-color: var(--mine); color: #fff; cursor: pointer; }
  button:disabled { opacity: .4; cursor: default; }
  #state { display: flex; gap: .5rem; align-items: center; font-size: .9rem; overflow-wrap: anywhere; }
  #state::before { content: ""; flex: none; width: .6rem; height: .6rem; border-radius: 50%; background: #999; }
  #state.open::before { background: #22a559; }
  #state.lost::before { background: #d97706; }
  #said { flex: 1; min-height: 0; overflow: auto; border: 1px solid var(--line); border-radius: .5rem; padding: .6rem;
          display: flex; flex-direction: column; align-items: flex-start; gap: .4rem; }
  #said p { margin: 0; padding: .35rem .7rem; max-width: 85%; border-radius: .8rem; background: var(--soft);
            overflow-wrap: anywhere; }
  #said p.mine { align-self: flex-end; background: var(--mine); color: #fff; }
  #said b { display: block; font-size: .8rem; color: var(--name); }
  #said p.mine b { display: none; }
</style>
<form id="enter">
  <input id="name" aria-label="Your name" placeholder="Your name" required maxlength="20" autocomplete="off">
  <input id="room" aria-label="Room" placeholder="Room" required maxlength="20" value="lobby" autocomplete="off">
  <button>Enter</button>
</form>
<div id="state" role="status">Choose a name and a room.</div>
<div id="said" role="log"></div>
<form id="say">
  <input id="text" aria-label="Message" placeholder="Say something" maxlength="1000" autocomplete="off" disabled>
  <button id="send" disabled>Send</button>
</form>
<script>
'use strict';
const at = id => document.getElementById(id);
let socket = null, wish = null, pause = 500;

function show(text, state) {
  at('state').textContent = text;
  at('state').className = state;
  at('text').disabled = at('send').disabled = state !== 'open';
}

function line(name, text) {
  const p = document.createElement('p'), b = document.createElement('b');
  b.textContent = name;
  p.append(b, text);
  p.classList.toggle('mine', name === wish.name);
  at('said').append(p);
  at('said').scrollTop = at('said').scrollHeight;
}

function connect() {
  const here = wish;
  const url = new URL('rooms/' + encodeURIComponent(here.room) + '?name=' + encodeURIComponent(here.name), location);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  url.hash = '';
  const mine = socket = new WebSocket(url);
  let first = true;
  mine.onmessage = event => {
    const told = JSON.parse(event.data);
    if (told.people) {
      show('In ' + here.room + ': ' + told.people.join(', '), 'open');
      pause = 500;
      if (here.isNew) at('text').focus();
      here.isNew = false;
    } else {
      if (first) at('said').replaceChildren();  /* the room tells again what was said in it */
      line(told.name, told.text);
    }
    first = false;
  };
  mine.onclose = event => {
    if (mine !== socket) return;
    show('The room is gone (' + event.code + (event.reason ? ': ' + event.reason : '') + '). Trying again …', 'lost');
    setTimeout(() => { if (mine === socket) connect(); }, pause * (0.5 + Math.random()));
    pause = Math.min(pause * 2, 10000);
  };
}

function enter() {
  wish = { name: at('name').value.trim(), room: at('room').value.trim(), isNew: true };
  if (!wish.name || !wish.room) return;
  location.hash = encodeURIComponent(wish.room);
  if (socket) { const old = socket; socket = null; old.close(); }
  at('said').replaceChildren();
  show('Connecting …', 'lost');
  connect();
}

at('enter').onsubmit = event => { event.preventDefault(); enter(); };
at('say').onsubmit = event => {
  event.preventDefault();
  const text = at('text').value;
  if (!text || !socket || socket.readyState !== WebSocket.OPEN) return;
  socket.send(text);
  at('text').value = '';
};
if (location.hash.length > 1) at('room').value = decodeURIComponent(location.hash.slice(1));
</script>
</html>
)html";
