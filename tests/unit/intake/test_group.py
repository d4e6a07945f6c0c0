from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.intake.group import Shape, Wait, group, judge
from stembridge.intake.settle import Gate, Seen, hand_out, observe

GATE = Gate(quiet_s=2.0, give_up_s=60.0)


def settled(*files, at=0.0, finished=True):
    return {parts: observe(None, Seen(1, 1), finished, at) for parts in files}


def test_what_lies_at_the_top_is_one_delivery_each():
    made = group([("b.wav",), ("Song", "kick.wav"), ("Song", "sub", "vox.wav"), ("Set.ZIP",)])
    assert [(each.root, each.shape, len(each.sources)) for each in made] == [
        ("b.wav", Shape.FILE, 1),
        ("Set.ZIP", Shape.ARCHIVE, 1),
        ("Song", Shape.FOLDER, 2),
    ]


def test_the_sources_of_a_folder_are_in_natural_order():
    (song,) = group([("S", "10.wav"), ("S", "9.wav"), ("S", "a", "1.wav")])
    assert song.sources == (("S", "9.wav"), ("S", "10.wav"), ("S", "a", "1.wav"))


def test_a_delivery_is_called_like_the_folder_or_the_file_without_its_suffix():
    made = group([("My Song.v2.wav",), ("Vol. 1", "a.wav"), ("set.zip",), ("README",)])
    assert {each.name for each in made} == {"My Song.v2", "Vol. 1", "set", "README"}


def test_a_folder_waits_for_its_last_file():
    (song,) = group([("S", "a.wav"), ("S", "b.wav")])
    states = settled(("S", "a.wav")) | settled(("S", "b.wav"), at=9.0)
    verdict = judge(song, states, GATE, 10.0)
    assert (verdict.wait, verdict.at) == (Wait.WRITING, 11.0)
    assert judge(song, states, GATE, 11.0).wait is None


def test_a_folder_with_one_unfinished_header_waits_as_a_whole():
    (song,) = group([("S", "a.wav"), ("S", "b.wav")])
    states = settled(("S", "a.wav")) | settled(("S", "b.wav"), finished=False)
    assert judge(song, states, GATE, 10.0).wait is Wait.UNFINISHED


def test_a_file_that_was_handed_out_before_does_not_hold_the_folder_up():
    (song,) = group([("S", "a.wav"), ("S", "b.wav")])
    states = settled(("S", "a.wav"), ("S", "b.wav"))
    states["S", "a.wav"] = hand_out(states["S", "a.wav"])
    assert judge(song, states, GATE, 10.0).wait is None


def test_where_a_marker_is_named_a_folder_waits_for_it_and_still_has_to_be_settled():
    files = [("S", "a.wav"), ("S", "delivery.DONE")]
    (without,) = group(files[:1], complete_when="*.done")
    (whole,) = group(files, complete_when="*.done")
    states = settled(files[0]) | settled(files[1], at=9.0)
    assert judge(without, states, GATE, 20.0, complete_when="*.done").wait is Wait.MARKER
    assert judge(whole, states, GATE, 10.0, complete_when="*.done").wait is Wait.WRITING
    assert judge(whole, states, GATE, 20.0, complete_when="*.done").wait is None


def test_a_single_file_waits_for_no_marker_and_a_marker_at_the_top_is_no_delivery():
    (song,) = group([("a.wav",), ("a.done",)], complete_when="*.done")
    assert song.root == "a.wav"
    assert judge(song, settled(("a.wav",)), GATE, 5.0, complete_when="*.done").wait is None


def test_what_blocks_a_delivery_is_told_once_its_files_are_quiet():
    (song,) = group([("S", "a.wav")])
    assert judge(song, settled(("S", "a.wav")), GATE, 5.0, blocked=Wait.TEMPORARY).wait is Wait.TEMPORARY


PATHS = st.lists(st.text("aB1.", min_size=1, max_size=3), min_size=1, max_size=3).map(tuple)


@settings(deadline=None, max_examples=200)
@given(st.sets(PATHS, max_size=20))
def test_law_every_file_is_in_exactly_one_delivery_named_by_its_top(files):
    made = group(files)
    assert sorted(parts for each in made for parts in each.sources) == sorted(files)
    assert all(parts[0] == each.root for each in made for parts in each.sources)
    assert len({each.root for each in made}) == len(made)


@settings(deadline=None, max_examples=200)
@given(st.sets(PATHS, max_size=12), st.randoms(use_true_random=False))
def test_law_the_order_in_which_files_are_found_does_not_matter(files, random):
    shuffled = list(files)
    random.shuffle(shuffled)
    assert group(shuffled) == group(sorted(files))


@settings(deadline=None, max_examples=200)
@given(st.lists(st.floats(0.0, 30.0), min_size=1, max_size=6), st.floats(0.0, 60.0))
def test_law_a_folder_is_never_complete_before_all_its_files_are_quiet(times, now):
    files = [("S", f"{place}.wav") for place in range(len(times))]
    states = {parts: observe(None, Seen(1, 1), True, at) for parts, at in zip(files, times, strict=True)}
    (song,) = group(files)
    assert (judge(song, states, GATE, now).wait is None) == (now >= max(times) + GATE.quiet_s)
