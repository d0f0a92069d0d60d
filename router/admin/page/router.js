// The router's API as the page calls it.

class Refusal extends Error {
  constructor(status, detail) {
    super(detail || `status ${status}`);
    this.status = status;
  }
}

class Router {
  #token = null;  // in memory only: it ends with the page

  // What the path says. Throws a Refusal, or a TypeError when nobody answers.
  async read(path) {
    return this.#send(path, { method: 'GET' });
  }

  // Asks for the token, changes something, and tells how it went. Resolves with whether it was done.
  async change(method, path, body, done) {
    if (this.#token === null && !(await this.#ask_token('A change needs the token of this router.'))) return false;
    const request = { method, headers: { 'X-API-Key': this.#token } };
    if (body !== undefined) {
      request.headers['Content-Type'] = 'application/json';
      request.body = JSON.stringify(body);
    }
    try {
      await this.#send(path, request);
      Notice.show(done);
      return true;
    } catch (failure) {
      if (failure.status === 401) {
        this.#token = null;
        if (await this.#ask_token('The router refused this token. ')) return this.change(method, path, body, done);
        return false;
      }
      Notice.show(`${method} ${path}: ${failure.message}`, true);
      return false;
    }
  }

  async #ask_token(why) {
    const text = `${why} It is in the file of --manage-token-file, or api_key of [management]. ` +
                 'This page keeps it in memory until it is closed.';
    const told = await ask_for('Token', text, 'Token', { type: 'password', autocomplete: 'off' }, 'Use');
    this.#token = told === null || /[^\x21-\x7e]/.test(told) ? null : told;
    if (told !== null && this.#token === null) Notice.show('A token has visible ASCII characters only.', true);
    return this.#token !== null;
  }

  async #send(path, request) {
    const signal = AbortSignal.timeout(10_000);
    const reply = await fetch(path, { ...request, cache: 'no-store', redirect: 'error', signal });
    const text = await reply.text();
    let told = null;
    try {
      told = JSON.parse(text);
    } catch {
      throw new Refusal(reply.status, reply.ok ? 'the answer is no JSON' : text.slice(0, 300));
    }
    if (!reply.ok) throw new Refusal(reply.status, shown(told?.detail));
    return told;
  }
}

// The paths that this router has. An older one has fewer.
class Paths {
  #named = null;
  #missing = new Set();

  // `index`: the object that names the paths.
  learn(index) {
    this.#named = Object.keys(index).map(key => key.split(' ').pop().split('?')[0]);
    this.#missing.clear();
  }
  lost(path) {
    this.#missing.add(path);
  }
  has(path) {
    if (this.#missing.has(path)) return false;
    return this.#named === null || this.#named.includes(path);
  }
}
