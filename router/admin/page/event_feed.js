// The router's events as they come, from behind the last one that was seen.
//
//     closed ──open──▶ opening ──first numbers──▶ live
//        ▲  events wait ─┘ same router, or it said "lost": they are shown
//        │                 another router: opened again, from its first event
//        └──────────error, silence, close───────────────┘

const kEventKinds = ['worker_joined', 'worker_left', 'worker_silent', 'worker_back', 'server_down', 'server_up',
                     'reload', 'reload_failed', 'certificate', 'limit', 'draining', 'change', 'lost'];
const kSilence = 5_000;  // ms without a line, then the connection is taken for dead: numbers come each second

class EventFeed {
  #to;
  #source = null;
  #last_id = 0;
  #began = null;     // when the router was started, seconds
  #waiting = null;   // events until the first numbers, which say whether it is the same router; null = live
  #heard_at = 0;

  // `to`: numbers(told, is_restarted), event(told), broken().
  constructor(to) {
    this.#to = to;
  }

  open() {
    this.close();
    this.#heard_at = Date.now();
    this.#waiting = [];
    const source = new EventSource(`/api/v1/events?after=${this.#last_id}`);
    this.#source = source;
    source.onerror = () => {
      if (source === this.#source) this.#break();
    };
    const listen = (kind, take) => source.addEventListener(kind, event => {
      this.#heard_at = Date.now();
      take(JSON.parse(event.data));
    });
    listen('numbers', told => this.#take_numbers(told));
    for (const kind of kEventKinds)
      listen(kind, told => this.#waiting === null ? this.#take_event(told) : this.#waiting.push(told));
  }

  close() {
    this.#source?.close();
    this.#source = null;
  }

  // Once a second.
  tick() {
    if (this.#source !== null && Date.now() - this.#heard_at > kSilence) this.#break();
  }

  // What was lost before this page was opened is no news. Behind a loss ids may begin again from one: the router was
  // started anew.
  #take_event(told) {
    if (told.kind === 'lost') {
      if (this.#last_id > 0) this.#to.event(told);
      this.#last_id = 0;
    } else if (told.id > this.#last_id) {
      this.#last_id = told.id;
      this.#to.event(told);
    }
  }

  // A router that was started again counts its events from one. It says "lost" when the last id is none of its own.
  #take_numbers(told) {
    const began = told.at - told.uptime_seconds;
    const is_restarted = this.#began !== null && began > this.#began + 5;
    if (is_restarted || this.#began === null) this.#began = began;
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    if (is_restarted && !waiting.some(event => event.kind === 'lost')) {
      this.#last_id = 0;
      this.open();
    } else {
      for (const event of waiting) this.#take_event(event);
    }
    this.#to.numbers(told, is_restarted);
  }

  #break() {
    this.close();
    this.#to.broken();
  }
}
