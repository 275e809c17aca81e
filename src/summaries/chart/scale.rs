//! The axis of a chart: from 0 to a round number, or that of an index, from -1 to 1.

/// From one number to another, in so many steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    /// What is at the bottom.
    pub low: f64,
    /// What is at the top.
    pub top: f64,
    /// How many steps lead there.
    pub steps: u32,
}

/// No axis goes further, so that no label is longer than the room for it.
const MOST: f64 = 1e9;

impl Scale {
    /// An axis on which these numbers fit.
    pub(super) fn of(numbers: &[f64], is_share: bool) -> Scale {
        let numbers = || numbers.iter().copied().filter(|number| number.is_finite());
        let most = numbers().fold(0.0, f64::max);
        let is_index = most <= 1.0 && numbers().any(|number| number.fract() != 0.0);
        let low = match numbers().any(|number| number < 0.0) {
            true => -1.0,
            false => 0.0,
        };
        match is_index && !is_share {
            true => Scale {
                low,
                top: 1.0,
                steps: 4,
            },
            false => Scale::reaching(most, is_share),
        }
    }

    /// An axis from 0 on which that fits. Of shares none goes beyond 100 %; of counts none
    /// ends below 4, where its steps would be no whole numbers.
    fn reaching(most: f64, is_share: bool) -> Scale {
        let most = if most.is_finite() { most } else { 0.0 };
        let (least, limit) = if is_share { (20.0, 100.0) } else { (4.0, MOST) };
        let wanted = most.clamp(least, limit);
        let power = 10f64.powf(wanted.log10().floor());
        let tops = [(1.0, 5), (2.0, 4), (4.0, 4), (5.0, 5), (10.0, 5)];
        let fits = |(factor, steps): (f64, u32)| {
            let top = factor * power;
            let scale = Scale {
                low: 0.0,
                top,
                steps,
            };
            (top >= wanted - 1e-9).then_some(scale)
        };
        let found = tops.into_iter().find_map(fits);
        found.unwrap_or(Scale {
            low: 0.0,
            top: limit,
            steps: 5,
        })
    }

    /// The steps, from the bottom to the top.
    pub(super) fn ticks(self) -> impl Iterator<Item = f64> {
        let step = (self.top - self.low) / f64::from(self.steps);
        (0..=self.steps).map(move |number| self.low + step * f64::from(number))
    }

    /// How far up a value is, from 0 to 1.
    pub(super) fn share(self, value: f64) -> f64 {
        match value.is_finite() {
            true => ((value - self.low) / (self.top - self.low)).clamp(0.0, 1.0),
            false => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_round_number() {
        let table = [
            (0.0, true, 20.0),
            (20.0, true, 20.0),
            (21.0, true, 40.0),
            (56.4, true, 100.0),
            (100.0, true, 100.0),
            (250.0, true, 100.0),
            (0.0, false, 4.0),
            (3.0, false, 4.0),
            (4.5, false, 5.0),
            (7.0, false, 10.0),
            (11.0, false, 20.0),
            (101.0, false, 200.0),
            (f64::NAN, false, 4.0),
            (f64::INFINITY, false, 4.0),
            (1e300, false, MOST),
        ];
        for (most, is_share, top) in table {
            let scale = Scale::reaching(most, is_share);
            assert!(
                (scale.top - top).abs() < 1e-6,
                "{most} {is_share}: {scale:?}"
            );
            assert_eq!(scale.ticks().count(), scale.steps as usize + 1);
        }
    }

    #[test]
    fn an_index_has_an_axis_of_its_own() {
        let axis = |numbers: &[f64]| {
            let scale = Scale::of(numbers, false);
            (scale.low, scale.top)
        };
        assert_eq!(axis(&[0.43, 0.5]), (0.0, 1.0));
        assert_eq!(axis(&[-0.4, 0.1]), (-1.0, 1.0));
        assert_eq!(axis(&[0.0, 1.0]), (0.0, 4.0));
        assert_eq!(axis(&[0.5, 7.0]), (0.0, 10.0));
        assert_eq!(axis(&[f64::NAN]), (0.0, 4.0));
    }

    #[test]
    fn nothing_is_drawn_beside_the_axis() {
        let scale = Scale::reaching(50.0, true);
        for (value, share) in [
            (-3.0, 0.0),
            (0.0, 0.0),
            (25.0, 0.5),
            (70.0, 1.0),
            (f64::NAN, 0.0),
        ] {
            assert_eq!(scale.share(value), share, "{value}");
        }
    }
}
