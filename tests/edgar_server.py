"""A server on loopback that behaves as the SEC's do, or worse."""

import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Edgar:
    """What a server holds, how it answers in turn, and what it was asked.

    A step of the plan is a status, alone or with a Retry-After; "cut", half of what is
    left; or "whole", which it is when no step is left.
    """

    def __init__(self, files):
        self.files = files
        self.asked, self.plan, self.version = [], [], '"v1"'
        edgar = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                edgar.answer(self)

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        serve = partial(self.http.serve_forever, 0.01)
        threading.Thread(target=serve, daemon=True).start()
        self.host = f"http://127.0.0.1:{self.http.server_port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()

    def answer(self, request):
        self.asked.append((request.path, dict(request.headers)))
        step = self.plan.pop(0) if self.plan else "whole"
        body = self.files.get(request.path)
        if "@" not in request.headers["User-Agent"]:
            step = 403
        if body is None and step == "whole":
            step = 404
        if isinstance(step, tuple):
            step, after = step
            request.send_response(step)
            request.send_header("Retry-After", after)
            request.end_headers()
            return
        if isinstance(step, int):
            request.send_response(step)
            request.end_headers()
            return
        begin, status = 0, 200
        asked = request.headers.get("Range")
        if asked and request.headers.get("If-Range") == self.version:
            begin, status = int(asked[6:-1]), 206
        request.send_response(status)
        if status == 206:
            span = f"bytes {begin}-{len(body) - 1}/{len(body)}"
            request.send_header("Content-Range", span)
        request.send_header("ETag", self.version)
        request.send_header("Content-Length", str(len(body) - begin))
        request.end_headers()
        left = body[begin:]
        cut = step == "cut"
        request.wfile.write(left[: len(left) // 2] if cut else left)
        if cut:
            request.close_connection = True
