#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Talks to the example server: echo_test.py ECHO [NAME...]

Waits are for what must happen, up to a limit that only a server which hangs reaches.
"""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import case_lines  # noqa: E402

ECHO = sys.argv[1]
LIMIT_S = 60
POLLERS = ("", "epoll")  # what the kernel allows, and what every kernel has


class Server:
    """A server that runs in a `with`, on a Unix socket or a port."""

    def __init__(self, address, *options, poller=""):
        self.process = subprocess.Popen([ECHO, *options, address], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE,
                                        env=dict(os.environ, KINDLING_POLLER=poller))
        self.line = self.process.stdout.readline().decode()
        self.name = self.line.removeprefix("listening on ").rstrip()

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.process.kill()
        self.process.communicate()

    def connect(self):
        if self.name.startswith("port "):
            return socket.create_connection(("127.0.0.1", int(self.name[5:])), timeout=LIMIT_S)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(LIMIT_S)
        connection.connect(self.name)
        return connection

    def end(self, number):
        self.process.send_signal(number)
        _, complaints = self.process.communicate(timeout=LIMIT_S)
        return self.process.returncode, complaints


def receive(connection, size):
    data = b""
    while len(data) < size:
        piece = connection.recv(size - len(data))
        if not piece:
            break
        data += piece
    return data


class Echo(unittest.TestCase):
    def setUp(self):
        self.base = tempfile.mkdtemp(prefix="kindling-echo-test-")
        self.addCleanup(shutil.rmtree, self.base)
        self.path = os.path.join(self.base, "socket")

    def test_many_clients_at_once_each_get_their_own_back(self):
        for address in (self.path, "0"):
            for poller in POLLERS:
                with Server(address, poller=poller) as server:
                    clients = [server.connect() for _ in range(30)]
                    for turn in range(3):
                        for i, client in enumerate(clients):
                            client.sendall(b"%d of %d" % (turn, i) * 500)
                        for i, client in reversed(list(enumerate(clients))):
                            expected = b"%d of %d" % (turn, i) * 500
                            self.assertEqual(receive(client, len(expected)), expected)
                    for client in clients:
                        client.shutdown(socket.SHUT_WR)
                        self.assertEqual(client.recv(1), b"")
                        client.close()
                    self.assertEqual(server.end(signal.SIGTERM), (0, b""))
                self.assertEqual(os.listdir(self.base), [])

    def test_a_silent_connection_is_closed_by_its_deadline(self):
        for poller in POLLERS:
            with Server(self.path, "--idle=100ms", poller=poller) as server:
                silent = server.connect()
                self.assertEqual(silent.recv(1), b"")
                # The server itself goes on.
                with server.connect() as other:
                    other.sendall(b"x")
                    self.assertIn(other.recv(1), (b"x", b""))
                self.assertEqual(server.end(signal.SIGTERM)[0], 0)

    def test_beyond_the_limit_clients_wait_for_their_turn(self):
        with Server(self.path, "--connections=2") as server:
            first, second, third = (server.connect() for _ in range(3))
            for client in (first, second):
                client.sendall(b"a")
                self.assertEqual(client.recv(1), b"a")
            third.sendall(b"b")
            # Those who are served still are: a server that took the third would have answered it
            # before these.
            for client in (first, second, first):
                client.sendall(b"c")
                self.assertEqual(client.recv(1), b"c")
            third.setblocking(False)
            self.assertRaises(BlockingIOError, third.recv, 1)
            third.settimeout(LIMIT_S)
            first.close()
            self.assertEqual(third.recv(1), b"b")
            second.close()
            third.close()
            self.assertEqual(server.end(signal.SIGINT)[0], 0)

    def test_connections_finish_within_the_grace_time(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with Server(self.path, "--grace=50s") as server:
                client = server.connect()
                client.sendall(b"before")
                self.assertEqual(receive(client, 6), b"before")
                server.process.send_signal(number)
                while os.path.exists(self.path):  # gone as soon as it does not listen any more
                    self.assertIsNone(server.process.poll())
                client.sendall(b"after")
                self.assertEqual(receive(client, 5), b"after")
                self.assertIsNone(server.process.poll())
                client.close()
                self.assertEqual(server.process.wait(LIMIT_S), 0)

    def test_those_who_do_not_finish_are_closed_at_its_end(self):
        with Server(self.path, "--grace=50ms") as server:
            client = server.connect()
            client.sendall(b"x")
            self.assertEqual(client.recv(1), b"x")
            self.assertEqual(server.end(signal.SIGTERM), (0, b""))
            self.assertEqual(client.recv(1), b"")
            self.assertEqual(os.listdir(self.base), [])

    def test_a_second_signal_does_not_wait(self):
        with Server(self.path, "--grace=50s") as server:
            client = server.connect()
            client.sendall(b"x")
            self.assertEqual(client.recv(1), b"x")
            server.process.send_signal(signal.SIGTERM)
            while os.path.exists(self.path):
                self.assertIsNone(server.process.poll())
            self.assertEqual(server.end(signal.SIGTERM)[0], -signal.SIGTERM)

    def test_an_address_that_cannot_be_is_an_error(self):
        for address, text in (("70000", "neither a path nor a port"), ("x", "neither a path"),
                              (self.base, "cannot bind"), ("/" + "x" * 200, "")):
            with Server(address) as server:
                _, complaints = server.process.communicate(timeout=LIMIT_S)
                self.assertEqual(server.process.returncode, 1)
                self.assertRegex(complaints.decode(), rf"^error: .*{text}.*\n$")
        with Server("0", "--idle=x") as server:
            server.process.communicate(timeout=LIMIT_S)
            self.assertEqual(server.process.returncode, 2)


LOADER = unittest.TestLoader()
MODULE = sys.modules[__name__]
case_lines.run_and_exit(LOADER.loadTestsFromNames(sys.argv[2:], MODULE) if sys.argv[2:]
                        else LOADER.loadTestsFromModule(MODULE))
