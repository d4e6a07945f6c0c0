"""Clipping, dropouts, repeated blocks and clicks: planted, and sound that only looks like them."""

import electronic
import numpy as np
import planted
import pytest
from examining import RATE, Sound, found, hiss, tone

RNG = 5


def music() -> Sound:
    """Noise that comes and goes over a chord: nothing in it repeats."""
    chord = sum(tone(frequency, 3.0, level=0.1) for frequency in (220.3, 331.7, 447.1))
    swell = 1.0 + 0.5 * np.sin(2 * np.pi * 0.7 * np.arange(3 * RATE) / RATE)
    return ((np.asarray(chord)[:, np.newaxis] + 0.03 * hiss(3.0)) * swell[:, np.newaxis]).astype(np.float32)


PLANTED = {
    "clipping": lambda sound, rng: planted.clipped(sound, rng),
    "dropout": lambda sound, rng: planted.gap(sound, rng, RATE),
    "repeated-block": planted.repeated,
    "click": planted.clicked,
}


@pytest.mark.parametrize("code", PLANTED)
@pytest.mark.parametrize("bits", [16, 24, 32])
def test_a_planted_fault_is_found(tmp_path, code, bits):
    faulty = PLANTED[code](music(), np.random.default_rng(RNG))
    assert code in found(tmp_path, faulty, bits=bits)


@pytest.mark.parametrize("bits", [16, 24, 32])
def test_good_music_is_left_alone(tmp_path, bits):
    assert not found(tmp_path, music(), bits=bits).keys() & PLANTED.keys()


@pytest.mark.parametrize("level", [0.999, 0.5])
def test_a_limiter_without_flat_tops_did_not_clip(tmp_path, level):
    assert "clipping" not in found(tmp_path, (level * np.tanh(3.0 * music())).astype(np.float32))


@pytest.mark.parametrize("bits", [16, 24, 32])
@pytest.mark.parametrize("dithers", [1, 2])
def test_what_clipped_before_it_was_dithered_and_given_a_gain_is_found(tmp_path, bits, dithers):
    rng, sound = np.random.default_rng(RNG), 1.4 * music() / np.abs(music()).max()
    for _ in range(dithers):
        dither = rng.random(sound.shape) - rng.random(sound.shape)
        sound = 0.7 * np.clip(np.round(sound * 32_768 + dither), -32_768, 32_767) / 32_768
    assert "clipping" in found(tmp_path, sound.astype(np.float32), bits=bits)


@pytest.mark.parametrize("bits", [16, 24])
def test_the_round_top_of_a_low_note_did_not_clip(tmp_path, bits):
    note = 0.6 * np.tanh(2.0 * tone(41.2, 3.0, level=1.0)) + 0.0005 * hiss(3.0, channels=1)[:, 0]
    assert "clipping" not in found(tmp_path, note.astype(np.float32), bits=bits)


@pytest.mark.parametrize("kind", ["square", "four bit triangle"])
def test_a_wave_made_of_steps_is_told_and_not_condemned(tmp_path, kind):
    stem = electronic.stem(kind, 0)
    findings = found(tmp_path, stem.sound, rate=stem.rate)
    assert findings["flat-tops"].severity == "info"
    assert "clipping" not in findings


def test_gates_and_tape_stops_are_no_dropouts(tmp_path):
    for sound in (
        planted.gated_drums(RATE),
        planted.tape_stop(RATE),
        electronic.stem("trance gate", 0).sound,
    ):
        assert "dropout" not in found(tmp_path, sound)


def test_a_tone_whose_period_fits_a_buffer_is_no_repeated_block(tmp_path):
    assert "repeated-block" not in found(tmp_path, tone(RATE / 64), bits=16)


@pytest.mark.parametrize("kind", ["plucks", "kick", "metronome", "eight o eight", "lead", "hats"])
def test_the_start_of_a_note_is_no_click(tmp_path, kind):
    stem = electronic.stem(kind, 1)
    assert "click" not in found(tmp_path, stem.sound, rate=stem.rate, bits=stem.bits)


def test_a_click_in_a_synthesiser_is_found_where_it_is(tmp_path):
    stem = electronic.stem("additive pad", 1)
    broken = stem.sound.copy()
    broken[2 * stem.rate] += 0.2
    finding = found(tmp_path, broken, rate=stem.rate, bits=stem.bits)["click"]
    assert (finding.measured, finding.at) == (1.0, pytest.approx(2.0, abs=0.001))


def test_a_lone_sample_in_a_breathy_low_voice_is_found(tmp_path):
    breath = np.random.default_rng(RNG).standard_normal(3 * RATE)
    sound = (0.3 * tone(110.3, 3.0, level=1.0) + 0.0075 * breath).astype(np.float32)
    assert "click" not in found(tmp_path, sound)
    sound[RATE] += 0.3
    assert found(tmp_path, sound)["click"].at == pytest.approx(1.0, abs=0.001)


def test_a_gap_in_the_quiet_part_of_a_low_wave_is_a_dropout(tmp_path):
    pulses = 0.5 * np.exp(8.0 * (np.cos(2 * np.pi * 41.2 * np.arange(3 * RATE) / RATE) - 1.0)) - 0.02
    bass = pulses.astype(np.float32)
    assert "dropout" not in found(tmp_path, bass)
    quiet = round(20.25 / 41.2 * RATE)
    bass[quiet : quiet + 600] = 0.0
    assert "dropout" in found(tmp_path, bass)


def trumpet(pitch: float = 233.1) -> Sound:
    """Short pulses, quiet between them, with a little breath."""
    phase = 2 * np.pi * pitch * np.arange(3 * RATE) / RATE
    pulses = np.sin(phase) * np.exp(20.0 * (np.cos(phase) - 1.0))
    wave = pulses / np.abs(pulses).max() - 0.05 * np.sin(phase)
    return (0.5 * wave + 0.04 * hiss(3.0, channels=1)[:, 0]).astype(np.float32)


@pytest.mark.parametrize("place", [0.4, 0.45, 0.6])
def test_a_gap_that_begins_and_ends_between_the_pulses_of_a_trumpet_is_a_dropout(tmp_path, place):
    sound = trumpet(pitch=233.1)
    assert "dropout" not in found(tmp_path, sound)
    start, stop = (round((cycle + place) * RATE / 233.1) for cycle in (250, 252))
    sound[start:stop] = 0.0
    assert "dropout" in found(tmp_path, sound)


def test_a_gap_in_which_a_note_starts_is_a_dropout(tmp_path):
    sound = music()
    sound[: RATE + 200] *= 0.12
    sound[RATE : RATE + 700] = 0.0
    assert "dropout" in found(tmp_path, sound)


def test_a_gap_is_found_in_a_sound_that_is_silent_between_its_pulses(tmp_path):
    pulses = np.maximum(0.0, tone(220.0, 4.0, level=0.3)) ** 3
    first, last = (int(RATE * at) + int(np.argmax(pulses[int(RATE * at) :][:400])) for at in (2.5, 2.512))
    assert "dropout" not in found(tmp_path, pulses.astype(np.float32), bits=16)
    pulses[first:last] = 0.0
    assert "dropout" in found(tmp_path, pulses.astype(np.float32), bits=16)


@pytest.mark.parametrize("fade_s", [0.002, 0.004])
def test_a_rest_between_a_fade_and_a_hard_attack_is_no_dropout(tmp_path, fade_s):
    sound, fade = trumpet(), np.linspace(1.0, 0.0, round(fade_s * RATE))
    for start in (20_000, 61_300, 93_100):
        sound[start - len(fade) : start] *= fade
        sound[start : start + 4_000] = 0.0
    assert "dropout" not in found(tmp_path, sound)


def test_notes_that_decay_in_steps_and_start_at_once_do_not_drop_out(tmp_path):
    stem = electronic.stem("held noise", 37)
    assert "dropout" not in found(tmp_path, stem.sound, rate=stem.rate, bits=stem.bits)


def test_zeros_of_a_quiet_sound_on_a_coarse_grid_are_no_dropout(tmp_path):
    wave = tone(20.6, 3.0, level=0.004) + 0.001 * hiss(3.0, channels=1)[:, 0]
    coarse = np.round(wave * 4_096) / 4_096 * 0.83
    assert "dropout" not in found(tmp_path, coarse.astype(np.float32), bits=16)


def test_a_gate_that_closes_fast_is_no_dropout(tmp_path):
    sound, fade = music(), np.linspace(1.0, 0.0, round(0.005 * RATE))[:, np.newaxis]
    for start in (20_000, 61_300, 93_100):
        sound[start - len(fade) : start] *= fade
        sound[start : start + 4_000] = 0.0
    assert "dropout" not in found(tmp_path, sound)


def test_what_clipped_in_a_few_places_of_a_smooth_sixteen_bit_sound_is_found(tmp_path):
    sound = 0.3 * music()
    for start in (30_000, 70_000, 110_000):
        sound[start : start + 40] += 1.4 * np.hanning(40)[:, np.newaxis].astype(np.float32)
    assert "clipping" in found(tmp_path, np.clip(sound, -0.9, 0.9), bits=16)


def test_a_wave_with_flat_places_at_many_levels_did_not_clip(tmp_path):
    levels = [*np.random.default_rng(RNG).uniform(0.4, 0.7, 20), *[0.5] * 5]
    sound = tone(220.3, 3.0, level=0.05)
    for number, level in enumerate(levels):
        pulse = np.clip(1.4 * np.hanning(64), 0.0, 1.0)
        sound[5_000 * number + 100 : 5_000 * number + 164] = (level * pulse).astype(np.float32)
    assert "clipping" not in found(tmp_path, sound, bits=16)


@pytest.mark.parametrize("times", [6, 40])
def test_few_flat_tops_far_below_the_peaks_are_chance_and_many_are_not(tmp_path, times):
    sound = tone(220.3, 3.0, level=0.025)
    sound[::48_000] = 0.4
    for number in range(times):
        at = 3_000 * number + 1_000
        sound[at : at + 64] = (0.03 * np.clip(1.4 * np.hanning(64), 0.0, 1.0)).astype(np.float32)
    assert ("clipping" in found(tmp_path, sound, bits=16)) == (times == 40)


@pytest.mark.parametrize("before_the_end", [0.1, 0.02, 0.008])
def test_a_gap_just_before_the_end_of_a_file_is_found(tmp_path, before_the_end):
    sound = music()
    at = len(sound) - round(before_the_end * RATE)
    sound[at - 200 : at] = 0.0
    assert "dropout" in found(tmp_path, sound)
