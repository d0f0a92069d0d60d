// What the numbers were in the last ten minutes: rates and latencies from the differences of totals.

const kWindow = 600;  // seconds

// The latency in ms under which the share of the requests was. Within a range of the histogram, as if they were spread
// evenly. Null without requests.
function percentile(bounds, counts, share) {
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all <= 0) return null;
  let left = share * all;
  for (let at = 0; at < counts.length; ++at) {
    if (left <= counts[at] && counts[at] > 0) {
      const low = at === 0 ? 0 : bounds[at - 1];
      const high = at < bounds.length ? bounds[at] : low;
      return 1000 * (low + (high - low) * left / counts[at]);
    }
    left -= counts[at];
  }
  return 1000 * bounds[bounds.length - 1];
}

// The highest value of samples, or null when none has one.
function most_of(samples, key) {
  return samples.reduce((most, sample) => sample[key] === null ? most : Math.max(most ?? 0, sample[key]), null);
}

// Each sample counts by its length.
function mean_of(samples, key) {
  const seconds = samples.reduce((sum, one) => sum + one.to - one.from, 0);
  return samples.reduce((sum, one) => sum + one[key] * (one.to - one.from), 0) / seconds;
}

class History {
  samples = [];  // {from, to, requests, status_4xx, status_5xx, failures, bytes_in, bytes_out, retries, p50, p90, p99}
  latest = null;

  // A router that was started again counts from zero: there is no difference to the numbers before.
  add(told, is_restarted) {
    const before = this.latest;
    this.latest = told;
    if (before === null || is_restarted || told.at <= before.at || told.requests < before.requests) return;
    this.samples.push(this.#difference(before, told));
    const old = told.at - kWindow;
    while (this.samples.length > 0 && this.samples[0].to < old) this.samples.shift();
  }

  get last() {
    return this.samples[this.samples.length - 1] ?? null;
  }

  // How many seconds a picture of it shows: few at first.
  get span() {
    const seconds = this.samples.length === 0 ? 0 : this.last.to - this.samples[0].from;
    return [60, 120, 300].find(span => seconds <= span) ?? kWindow;
  }

  // The sample of that moment, or null.
  at(time) {
    return this.samples.find(sample => sample.from <= time && time <= sample.to) ?? null;
  }

  #difference(before, now) {
    const seconds = now.at - before.at;
    const rate = value => Math.max(0, value(now) - value(before)) / seconds;
    const counts = now.duration.counts.map((count, at) => Math.max(0, count - (before.duration.counts[at] ?? 0)));
    const bounds = now.duration.bounds;
    return {
      from: before.at,
      to: now.at,
      requests: rate(told => told.requests),
      status_4xx: rate(told => told.replies['4xx']),
      status_5xx: rate(told => told.replies['5xx']),
      failures: rate(told => told.failures),
      retries: rate(told => told.retries),
      bytes_in: rate(told => told.bytes_in),
      bytes_out: rate(told => told.bytes_out),
      p50: percentile(bounds, counts, 0.5),
      p90: percentile(bounds, counts, 0.9),
      p99: percentile(bounds, counts, 0.99),
    };
  }
}
