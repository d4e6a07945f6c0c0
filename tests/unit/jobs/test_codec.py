"""Requests and outcomes come back from the database as they went in."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.jobs import codec
from stembridge.jobs.outcome import Failure, Outcome
from stembridge.request import ChannelMode, Excerpt, Origin, Originals, Request

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="/\x00"), min_size=1, max_size=40)
PATHS = NAMES.map(lambda name: Path("/in") / f"x{name}")
MAYBE = st.none() | PATHS
EXCERPTS = st.builds(
    Excerpt,
    start=st.integers(0, 2**40),
    stop=st.integers(0, 2**40),
    reversed=st.booleans(),
    channel_mode=st.sampled_from(ChannelMode),
    position=st.integers(0, 2**40),
)
REQUESTS = st.builds(
    Request,
    sources=st.lists(PATHS, max_size=4).map(tuple),
    preset=NAMES,
    destination=PATHS,
    name=NAMES,
    root=MAYBE,
    home=MAYBE,
    originals=st.sampled_from(Originals),
    origin=st.sampled_from(Origin),
    id=NAMES,
    excerpt=st.none() | EXCERPTS,
    stems=st.lists(NAMES, max_size=3).map(tuple),
)
OUTCOMES = st.builds(
    Outcome,
    outputs=st.lists(PATHS, max_size=4).map(tuple),
    manifest=MAYBE,
    session=MAYBE,
    notes=st.dictionaries(NAMES, st.integers() | NAMES, max_size=3),
)


@given(REQUESTS)
@settings(deadline=None)
def test_a_request_comes_back_equal(request: Request) -> None:
    assert codec.load_request(codec.dump_request(request)) == request


@given(st.none() | OUTCOMES)
@settings(deadline=None)
def test_an_outcome_comes_back_equal(outcome: Outcome | None) -> None:
    assert codec.load_outcome(codec.dump_outcome(outcome)) == outcome


@given(st.none() | st.builds(Failure, NAMES, NAMES, NAMES))
@settings(deadline=None)
def test_a_failure_comes_back_equal(failure: Failure | None) -> None:
    assert codec.load_failure(codec.dump_failure(failure)) == failure


def test_a_file_name_that_is_not_utf_8_comes_back_equal() -> None:
    request = Request((Path("/in/caf\udce9.wav"),), "source", Path("/out"), "caf\udce9")
    assert codec.load_request(codec.dump_request(request)) == request


def test_a_request_from_before_there_were_excerpts_is_read() -> None:
    request = Request((Path("/in/a.wav"),), "source", Path("/out"), "a")
    old = codec.request_to_json(request)
    del old["excerpt"], old["stems"]
    assert codec.request_from_json(old) == request
