from stembridge.intake.allowance import Allowance


def test_so_many_pass_in_a_second_and_no_more_are_saved():
    now = [0.0]
    allowance = Allowance(3, lambda: now[0])
    assert [allowance.take() for _ in range(5)] == [True, True, True, False, False]
    now[0] = 0.4
    assert [allowance.take(), allowance.take()] == [True, False]
    now[0] = 100.0
    assert sum(allowance.take() for _ in range(10)) == 3
