#!/usr/bin/env python3
"""A small HTTP server of one folder for the tests of `mote models pull`.

usage: range_server.py FOLDER

Prints its port. It knows ranges; /cut/NAME sends half of what is asked for and closes, /norange/NAME
knows no ranges, every request is a line in FOLDER/requests.
"""

import http.server
import os
import re
import sys

FOLDER = sys.argv[1]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        how, _, name = self.path.lstrip("/").rpartition("/")
        asked = self.headers.get("Range")
        with open(os.path.join(FOLDER, "requests"), "a", encoding="utf-8") as log:
            log.write(f"{self.path} {asked}\n")
        try:
            with open(os.path.join(FOLDER, name), "rb") as file:
                data = file.read()
        except OSError:
            self.send_error(404)
            return
        begin = int(re.match(r"bytes=(\d+)-", asked).group(1)) if asked and how != "norange" else 0
        body = data[begin:]
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:len(body) // 2] if how == "cut" else body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
