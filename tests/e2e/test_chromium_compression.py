"""Chromium reads pages in each coding, and sees events one by one through each of them."""
import time

import origins as o
import sites_e2e as s
import zeroway_e2e as z
from browser import Browser
from codings import CODINGS, Events

LINES = 400
SHOWN = "document.querySelectorAll('li').length"


def page(coding):
    """Lists what it is told, with the time of each event's way in ms."""
    return f'''<!doctype html><title>{coding}</title><ol></ol><p>{'a line of text that comes again<br>' * LINES}</p><script>
window.late = [];
const source = new EventSource('/{coding}/events');
source.onmessage = event => {{
  window.late.push(Date.now() - Number(event.data));
  document.querySelector('ol').append(document.createElement('li'));
}};
source.onerror = () => source.close();
</script>'''.encode()


def start(stack, events):
    def answer(request):
        _, coding, what = request.target.split('/')
        if what == 'events':
            return events[coding](request)
        return o.reply(page(coding), fields=[('Content-Type', 'text/html')])

    port = z.free_port()
    text = s.site(port) + '[sites.proxy]\nenabled = true\n' + s.pool(stack.closing(o.Origin(answer)))
    for coding in CODINGS:
        text += s.route(f'/{coding}') + f'[sites.proxy.routes.compression]\ncodings = ["{coding}"]\n'
    return s.serve(stack, text, port)


def test_chromium_reads_each_coding_and_gets_events_one_by_one(stack):
    events = {coding: Events() for coding in CODINGS}
    router = start(stack, events)
    window = stack.closing(Browser(stack)).open()
    for coding in CODINGS:
        base = f'http://127.0.0.1:{router.port}/{coding}'
        window.go(f'{base}/page')
        assert window.run("document.title") == coding
        assert window.run("document.querySelectorAll('br').length") == LINES
        assert window.run("fetch('page').then(reply => reply.headers.get('content-encoding'))") == coding
        sizes = window.run("(it => [it.encodedBodySize, it.decodedBodySize])"
                           "(performance.getEntriesByType('navigation')[0])")
        assert 0 < sizes[0] < sizes[1] / 4
        for number in range(10):  # the next event is sent when the page has shown this one
            events[coding].say(b'data: %d\n\n' % int(time.time() * 1_000))
            window.wait(f'{SHOWN} === {number + 1}')
        print(f'{coding}: events came {sorted(window.run("late"))} ms after their sending')
        events[coding].say(None)
    assert not window.errors()
