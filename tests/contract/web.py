"""The next hop and the clients: what stands on both sides of the proxy."""
import http.client, http.server, json, socket, threading


class Origin:
    """The next hop: tells in JSON what arrived. `/hold` answers when release() is called, `/big` with a megabyte."""

    def __init__(self, address, port=80):
        origin = self
        self.connections = self.answered = 0
        self.held = threading.Semaphore(0)
        self.gate = threading.Event()
        self.open = set()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self):
                super().setup()
                origin.connections += 1
                origin.open.add(self.connection)

            def finish(self):
                origin.open.discard(self.connection)
                try:
                    super().finish()
                except OSError:
                    pass

            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                origin.answered += 1
                if self.path.startswith("/hold"):
                    origin.held.release()
                    origin.gate.wait(60)
                said = {"origin": address, "method": self.command, "path": self.path, "body": body.decode("latin-1"),
                        "headers": self.headers.items()}
                out = b"x" * 1_000_000 if self.path.startswith("/big") else json.dumps(said).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(out)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(out)

            do_GET = do_POST = do_PUT = do_HEAD = answer

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 128
            daemon_threads = True

            def handle_error(self, *_):
                pass  # a client that went away

        self.server = Server((address, port), Handler)
        self.address, self.port = self.server.server_address[:2]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def release(self):
        self.gate.set()

    def close(self):
        """Gone as a whole: the listening socket and every connection."""
        self.gate.set()
        self.server.shutdown()
        self.server.server_close()
        for connection in list(self.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Answer:
    def __init__(self, response, body):
        self.status, self.body = response.status, body
        self.headers = response.headers
        self.location = response.headers.get("Location")

    def json(self):
        return json.loads(self.body)


class Client:
    """One kept connection to the proxy."""

    def __init__(self, address, port, timeout=30):
        self.http = http.client.HTTPConnection(address, port, timeout=timeout)

    def get(self, path, headers=None, method="GET", body=None):
        self.http.request(method, path, body=body, headers={"Host": "www.example.com", **(headers or {})})
        response = self.http.getresponse()
        return Answer(response, response.read())

    def close(self):
        self.http.close()


def exchange(address, port, data, timeout=30):
    """Sends bytes, and returns all that comes back until the other side closes."""
    with socket.create_connection((address, port), timeout=timeout) as s:
        s.sendall(data)
        out = b""
        while True:
            try:
                piece = s.recv(65536)
            except ConnectionResetError:
                return out
            if not piece:
                return out
            out += piece


class Load:
    """Clients that ask one thing after the other until stop(); every answer is kept with the time its request was sent."""

    def __init__(self, address, port, path, clients, clock):
        self.answers, self.errors = [], []
        self.stopping = threading.Event()
        self.many = threading.Condition()
        self.threads = [threading.Thread(target=self.run, args=(address, port, path, clock)) for _ in range(clients)]
        for thread in self.threads:
            thread.start()

    def run(self, address, port, path, clock):
        client = Client(address, port)
        try:
            while not self.stopping.is_set():
                sent = clock()
                answer = client.get(path)
                with self.many:
                    self.answers.append((sent, answer.status, answer.location))
                    self.many.notify_all()
        except Exception as error:
            self.errors.append(repr(error))
            with self.many:
                self.many.notify_all()
        finally:
            client.close()

    def wait(self, more, seconds=60):
        """Until so many answers have come since the call."""
        with self.many:
            wanted = len(self.answers) + more
            assert self.many.wait_for(lambda: self.errors or len(self.answers) >= wanted, seconds), "the load stands still"
        assert not self.errors, self.errors

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()
        assert not self.errors, self.errors
        return self.answers
