"""Random sites to train on: whole, finite, different from each other."""

import numpy as np

from kanchay.domain.interval import wall_clock
from kanchay.simulate.corpus import sample_home, sample_office, samples


def test_samples_are_whole_hours_from_a_local_midnight():
    for sample in (sample_home(3, days=30), sample_office(3, days=30)):
        assert len(sample.load) == len(sample.temperature) == 30 * 24
        assert np.isfinite(sample.load).all()
        assert np.isfinite(sample.temperature).all()
        assert sample.load.min() >= 0
        assert wall_clock([sample.start], sample.tz)[0] % 86400 == 0


def test_samples_repeat_and_differ():
    np.testing.assert_array_equal(sample_home(4, days=10).load, sample_home(4, days=10).load)
    assert sample_office(4, days=10).load.sum() != sample_office(5, days=10).load.sum()
    assert [s.name for s in samples(2, 1, days=8)] == ["home-1", "home-2", "office-1"]
