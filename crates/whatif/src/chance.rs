//! Chance from a seed: the same on every machine, to the last bit.

/// SplitMix64 (Steele, Lea, Flood 2014).
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Chance(seed)
    }

    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// At least 0 and less than 1, in steps of 2⁻⁵³.
    pub fn part(&mut self) -> f64 {
        (self.number() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Exponential with mean 1, by comparing alone: logarithms differ between machines. A run of
    /// falling numbers has odd length with a chance of e⁻ˣ for its first one x (J. von Neumann, 1951).
    pub fn exponential(&mut self) -> f64 {
        let mut whole = 0.0;
        loop {
            let first = self.part();
            let (mut last, mut length) = (first, 1_u32);
            loop {
                let next = self.part();
                if next >= last {
                    break;
                }
                (last, length) = (next, length + 1);
            }
            if length % 2 == 1 {
                return whole + first;
            }
            whole += 1.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_one() {
        let mut chance = Chance::new(1);
        let all: Vec<f64> = (0..200_000).map(|_| chance.exponential()).collect();
        let mean = all.iter().sum::<f64>() / 200_000.0;
        assert!((mean - 1.0).abs() < 0.01, "{mean}");
        for (over, part) in [(0.5, 0.606_53), (1.0, 0.367_88), (2.0, 0.135_34), (4.0, 0.018_32)] {
            let found = all.iter().filter(|x| **x > over).count() as f64 / 200_000.0;
            assert!((found - part).abs() < 0.004, "{found} are over {over}, not {part}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same() {
        let bits = |seed| {
            let mut chance = Chance::new(seed);
            [(); 3].map(|()| chance.exponential().to_bits())
        };
        assert_eq!(bits(7), bits(7));
        assert_ne!(bits(7), bits(8));
    }
}
