"""A flood of datagrams; run as a program: ``osc_flood.py PORT SECONDS A_SECOND PATH``. Prints how many it sent."""

import os
import socket
import sys
import time

from pythonosc.osc_message_builder import build_msg


def datagrams(path: str) -> list[bytes]:
    said = [
        ("/stembridge/ping", []),
        ("/stembridge/jobs", []),
        ("/stembridge/status", ["nobody"]),
        ("/stembridge/nonsense", [1]),
        ("/stembridge/*", []),
        ("/stembridge/submit", ["0" * 32]),
        ("/stembridge/conform", [path, "source", "flood"]),
        ("/stembridge/conform", ["/etc/passwd", "source"]),
    ]
    return [build_msg(address, values).dgram for address, values in said] + [os.urandom(300), b"#bundle\0"]


def flood(port: int, seconds: float, a_second: int, path: str) -> int:
    kinds = datagrams(path)
    sent, start = 0, time.perf_counter()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        while (now := time.perf_counter() - start) < seconds:
            while sent < now * a_second:
                out.sendto(kinds[sent % len(kinds)], ("127.0.0.1", port))
                sent += 1
            time.sleep(0.001)
    return sent


if __name__ == "__main__":
    print(flood(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
