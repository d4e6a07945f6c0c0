from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.intake.settle import Gate, Seen, hand_out, is_ready, is_settled, observe, put_back

GATE = Gate(quiet_s=2.0, give_up_s=60.0, confirm_s=0.25)
WHOLE = Seen(100, 1)


def test_a_finished_file_is_ready_once_it_has_been_quiet_long_enough():
    state = observe(None, WHOLE, True, 10.0)
    assert not is_ready(state, GATE, 11.9)
    assert is_ready(observe(state, WHOLE, None, 12.0), GATE, 12.0)


def test_a_file_whose_header_nobody_read_is_never_ready():
    assert not is_ready(observe(None, WHOLE, None, 0.0), GATE, 1e9)


def test_a_paused_render_does_not_become_ready_by_being_quiet():
    state = observe(None, WHOLE, False, 0.0)
    assert not is_ready(state, GATE, 59.9)


def test_a_header_that_is_finished_later_counts_from_its_own_change():
    state = observe(None, WHOLE, False, 0.0)
    state = observe(state, Seen(100, 2), True, 30.0)
    assert not is_ready(state, GATE, 31.9)
    assert is_ready(state, GATE, 32.0)


def test_a_file_that_stays_unfinished_is_handed_on_in_the_end():
    assert is_ready(observe(None, WHOLE, False, 0.0), GATE, 60.0)


def test_an_old_time_stamp_saves_the_waiting_but_not_the_second_look():
    state = observe(None, WHOLE, True, 100.0, written=50.0)
    assert not is_ready(state, GATE, 100.0)
    assert is_ready(state, GATE, 100.25)


def test_an_old_time_stamp_does_not_make_an_unfinished_file_hopeless_at_once():
    state = observe(None, WHOLE, False, 1000.0, written=50.0)
    assert not is_ready(state, GATE, 1059.0)


def test_a_time_stamp_in_the_future_is_not_believed():
    assert is_ready(observe(None, WHOLE, True, 10.0, written=5000.0), GATE, 12.0)


def test_a_file_is_handed_out_once_and_again_when_it_is_rewritten():
    state = hand_out(observe(None, WHOLE, True, 0.0))
    assert not is_ready(observe(state, WHOLE, None, 99.0), GATE, 99.0)
    rewritten = observe(state, Seen(100, 2), True, 99.0)
    assert is_ready(rewritten, GATE, 101.0)


def test_a_file_that_nobody_took_is_ready_again():
    state = hand_out(observe(None, WHOLE, True, 0.0))
    assert is_settled(state, GATE, 5.0)
    assert is_ready(put_back(state), GATE, 5.0)


def test_a_clock_that_is_set_back_starts_the_waiting_again():
    state = observe(observe(None, WHOLE, True, 1000.0), WHOLE, None, 10.0)
    assert not is_ready(state, GATE, 11.9)
    assert is_ready(state, GATE, 12.0)


@dataclass
class Disk:
    """A file as a slow writer leaves it: it grows, pauses, and sometimes finishes its header."""

    size: int = 0
    mtime_ns: int = 0
    finished: bool = False
    written_at: float = 0.0

    def write(self, now: float, finish: bool) -> None:
        self.size += 1
        self.mtime_ns += 1
        self.finished, self.written_at = finish, now

    @property
    def seen(self) -> Seen:
        return Seen(self.size, self.mtime_ns)


STEPS = st.lists(
    st.tuples(st.sampled_from(["wait", "write", "finish"]), st.floats(0.0, 9.0), st.booleans()), max_size=60
)


@settings(deadline=None, max_examples=400)
@given(STEPS)
def test_law_no_file_is_handed_out_while_it_grows_and_none_twice(steps):
    disk, state, now = Disk(), None, 0.0
    handed: list[Seen] = []
    for step, pause, reads_header in steps:
        now += pause
        if step != "wait":
            disk.write(now, finish=step == "finish")
        state = observe(state, disk.seen, disk.finished if reads_header else None, now)
        if is_ready(state, GATE, now):
            assert now - disk.written_at >= GATE.quiet_s
            assert disk.finished or now - disk.written_at >= GATE.give_up_s
            assert disk.seen not in handed
            handed.append(disk.seen)
            state = hand_out(state)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.floats(0.01, 1.9), max_size=20), st.booleans())
def test_law_every_file_is_handed_out_in_the_end(pauses, finish):
    disk, state, now = Disk(), None, 0.0
    for pause in pauses:
        now += pause
        disk.write(now, finish=False)
        state = observe(state, disk.seen, disk.finished, now)
        assert not is_ready(state, GATE, now)
    disk.write(now + 0.1, finish)
    state = observe(state, disk.seen, disk.finished, now + 0.1)
    later = now + 0.2 + (GATE.quiet_s if finish else GATE.give_up_s)
    assert is_ready(observe(state, disk.seen, None, later), GATE, later)
