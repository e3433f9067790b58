"""Random numbers belong to days, not to runs."""

import numpy as np

from kanchay.simulate.draws import by_day, normal_by_day, once, persistent_by_day

DAYS = np.arange(20_000, 20_400)


def test_a_day_has_its_numbers_whatever_the_window():
    whole = by_day(7, "x", DAYS, 3)
    np.testing.assert_array_equal(by_day(7, "x", DAYS[37:150], 3), whole[37:150])
    np.testing.assert_array_equal(persistent_by_day(7, "x", DAYS)[90:], persistent_by_day(7, "x", DAYS[90:]))


def test_names_and_seeds_are_independent():
    a, b, c = by_day(7, "x", DAYS), by_day(7, "y", DAYS), by_day(8, "x", DAYS)
    assert abs(np.corrcoef(a[:, 0], b[:, 0])[0, 1]) < 0.2
    assert abs(np.corrcoef(a[:, 0], c[:, 0])[0, 1]) < 0.2
    assert once(1, "a").random() != once(1, "b").random()


def test_normals_are_normal_and_persistence_persists():
    normal = normal_by_day(3, "n", np.arange(16_000, 20_000), 2)
    assert abs(normal.mean()) < 0.05
    assert abs(normal.std() - 1) < 0.05
    slow = persistent_by_day(3, "n", np.arange(12_000, 20_000), 0.8)
    assert abs(slow.std() - 1) < 0.1
    assert 0.7 < np.corrcoef(slow[1:], slow[:-1])[0, 1] < 0.9
