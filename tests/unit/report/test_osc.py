"""Who is told what about which job."""

from dataclasses import replace
from pathlib import Path

from stembridge.protocol import Said
from stembridge.report.osc import MOST_JOBS, MOST_LISTENERS, OscTeller
from stembridge.report.record import JobNews

ONE, OTHER = ("127.0.0.1", 1000), ("127.0.0.1", 1001)
RUNNING = JobNews("job", "ask", "running", "conform", 50.0, revision=7)


class Post:
    """Keeps what was sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[Said, tuple[str, int]]] = []
        self.teller = OscTeller(lambda said, to: self.sent.append((said, to)))

    def addresses(self, client: tuple[str, int] = ONE) -> list[str]:
        return [said.address.removeprefix("/stembridge/") for said, to in self.sent if to == client]


def test_who_asked_is_told_and_nobody_else():
    post = Post()
    post.teller.follow(RUNNING, ONE)
    post.teller.follow(replace(RUNNING, id="another"), OTHER)
    post.teller.tell([replace(RUNNING, percent=60.0, revision=8)])
    assert [(said.arguments, to) for said, to in post.sent] == [(("job", "running", 60.0, "conform"), ONE)]


def test_the_end_is_told_with_what_came_of_it():
    post = Post()
    post.teller.follow(RUNNING, ONE)
    post.teller.tell([replace(RUNNING, state="done", manifest=Path("/out/manifest.json"), revision=8)])
    post.teller.tell(
        [replace(RUNNING, state="failed", code="audio", message="Bad.", hint="Mend.", revision=9)]
    )
    assert post.addresses() == ["state", "done", "state", "failed"]
    assert post.sent[-1][0].arguments == ("job", "audio", "Bad.", "Mend.")


def test_what_is_known_already_is_not_told_again():
    post = Post()
    post.teller.follow(replace(RUNNING, state="cancelled"), ONE)
    post.teller.tell([replace(RUNNING, state="cancelled")])
    assert post.addresses() == ["state"]


def test_the_oldest_listeners_and_jobs_are_forgotten_first():
    post = Post()
    for number in range(MOST_LISTENERS + 1):
        post.teller.follow(RUNNING, ("127.0.0.1", number))
    post.teller.tell([replace(RUNNING, revision=8)])
    assert {to[1] for _, to in post.sent} == set(range(1, MOST_LISTENERS + 1))
    for number in range(MOST_JOBS):
        post.teller.follow(replace(RUNNING, id=f"job-{number}"), ONE)
    post.sent.clear()
    post.teller.tell([replace(RUNNING, revision=9)])
    assert not post.sent
