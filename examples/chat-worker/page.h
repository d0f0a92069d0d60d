// The chat's page: whole, without anything from elsewhere.
#pragma once
#include <string_view>

inline constexpr std::string_view kPage = R"html(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Chat</title>
<style>
  body { font: 16px/1.4 system-ui, sans-serif; margin: 0 auto; max-width: 46em; padding: 1em; height: 100vh;
         box-sizing: border-box; display: flex; flex-direction: column; gap: .6em; color: #222; }
  form { display: flex; gap: .4em; }
  input, button { font: inherit; padding: .3em .6em; }
  #text { flex: 1; }
  #said { flex: 1; overflow: auto; border: 1px solid #ccc; border-radius: 4px; padding: .6em; }
  #said p { margin: 0 0 .3em; overflow-wrap: anywhere; }
  #said b { color: #06c; }
  #state { color: #777; }
</style>
<form id="enter">
  <input id="name" placeholder="Your name" required maxlength="20" autocomplete="off">
  <input id="room" placeholder="Room" required maxlength="20" value="lobby" autocomplete="off">
  <button>Enter</button>
</form>
<div id="state">Choose a name and a room.</div>
<div id="said"></div>
<form id="say">
  <input id="text" placeholder="Say something" maxlength="1000" autocomplete="off" disabled>
  <button id="send" disabled>Send</button>
</form>
<script>
'use strict';
const at = id => document.getElementById(id);
let socket = null, wish = null, pause = 500;

function show(state, open) {
  at('state').textContent = state;
  at('text').disabled = at('send').disabled = !open;
}

function line(name, text) {
  const p = document.createElement('p'), b = document.createElement('b');
  b.textContent = name + ': ';
  p.append(b, text);
  at('said').append(p);
  p.scrollIntoView();
}

function connect() {
  const here = wish;
  const url = new URL('rooms/' + encodeURIComponent(here.room) + '?name=' + encodeURIComponent(here.name), location);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  url.hash = '';
  const mine = socket = new WebSocket(url);
  show('Connecting …', false);
  mine.onopen = () => { at('said').replaceChildren(); pause = 500; at('text').disabled = false; at('text').focus(); };
  mine.onmessage = event => {
    const told = JSON.parse(event.data);
    if (told.people) show('In ' + here.room + ': ' + told.people.join(', '), true);
    else line(told.name, told.text);
  };
  mine.onclose = event => {
    if (mine !== socket) return;
    show('Closed (' + event.code + (event.reason ? ': ' + event.reason : '') + '). Trying again …', false);
    setTimeout(() => { if (mine === socket) connect(); }, pause * (0.5 + Math.random()));
    pause = Math.min(pause * 2, 10000);
  };
}

function enter() {
  wish = { name: at('name').value.trim(), room: at('room').value.trim() };
  if (!wish.name || !wish.room) return;
  location.hash = encodeURIComponent(wish.room);
  if (socket) { const old = socket; socket = null; old.close(); }
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
