// Makes texts for people of what the API says.
//
// The API writes each byte of a name as one character, "\u00XX" from 0x7f on: a name of a worker may hold any byte.

const utf8 = new TextDecoder('utf-8', { fatal: true });
const many = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const few = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit' });

function escaped(character) {
  const code = character.charCodeAt(0).toString(16);
  return code.length > 2 ? `\\u{${code}}` : `\\x${code.padStart(2, '0')}`;
}

// Characters that are not seen, or that turn the direction of the text behind them.
const kUnseen = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

function shown(value) {
  const text = String(value ?? '');
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  if (/[^\0-\xff]/.test(text)) return text.replace(kUnseen, escaped);
  try {
    return utf8.decode(Uint8Array.from(text, character => character.charCodeAt(0))).replace(kUnseen, escaped);
  } catch {
    return text.replace(/[^\x20-\x7e]/g, escaped);
  }
}

// A name as one segment of a path, byte by byte.
function path_segment(name) {
  return Array.from(name, character => {
    if (/[A-Za-z0-9_.~-]/.test(character)) return character;
    const code = character.charCodeAt(0);
    return code > 0xff ? encodeURIComponent(character) : '%' + code.toString(16).padStart(2, '0').toUpperCase();
  }).join('');
}

function count_text(count) {
  return many.format(count);
}

function rate_text(rate) {
  if (rate === null || rate === undefined) return '–';
  return rate >= 100 ? many.format(rate) : few.format(rate);
}

function bytes_text(bytes) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  for (; bytes >= 1024 && unit < units.length - 1; ++unit) bytes /= 1024;
  return `${bytes >= 100 || unit === 0 ? many.format(bytes) : few.format(bytes)} ${units[unit]}`;
}

function millis_text(millis) {
  if (millis === null || millis === undefined) return '–';
  if (millis >= 10_000) return `${few.format(millis / 1000)} s`;
  if (millis >= 1000) return `${(millis / 1000).toFixed(2)} s`;
  return millis >= 100 ? `${Math.round(millis)} ms` : `${Number(millis.toPrecision(2))} ms`;
}

function span_text(seconds) {
  seconds = Math.max(0, Math.round(seconds));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds / 60) % 60} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor(seconds / 3600) % 24} h`;
}

// `time`: seconds of Unix time, or a text of ISO 8601.
function date_of(time) {
  return new Date(typeof time === 'number' ? time * 1000 : time);
}

function clock_text(time) {
  const date = date_of(time);
  return Number.isNaN(date.getTime()) ? '–' : clock.format(date);
}

function day_text(time) {
  const date = date_of(time);
  return Number.isNaN(date.getTime()) ? '–' : day.format(date);
}
