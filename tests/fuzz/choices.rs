//! What a generator draws from: numbers of a seeded stream, recorded, so that a failure is made smaller by drawing
//! smaller numbers and fewer of them. Zero is always the simplest choice.

/// More numbers than any input takes; what is drawn beyond is zero, so that every generator ends.
const MOST: usize = 20_000;

/// The numbers one input was made of.
#[derive(Debug, Clone)]
pub struct Choices {
    taken: Vec<u32>,
    at: usize,
    /// The stream's state; `None` where a recording is played.
    stream: Option<u64>,
}

impl Choices {
    /// The stream of a seed.
    pub fn of_seed(seed: u64) -> Self {
        Self { taken: Vec::new(), at: 0, stream: Some(seed) }
    }

    /// A recording; behind its end all is zero.
    pub fn again(taken: Vec<u32>) -> Self {
        Self { taken, at: 0, stream: None }
    }

    /// The numbers drawn so far.
    pub fn into_taken(mut self) -> Vec<u32> {
        self.taken.truncate(self.at);
        self.taken
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u32::try_from(bound.max(1)).unwrap();
        let number = match (&mut self.stream, self.taken.get(self.at)) {
            _ if self.at >= MOST => 0,
            (Some(state), _) => {
                let number = u32::try_from(next(state) % u64::from(bound)).unwrap();
                self.taken.push(number);
                number
            }
            (None, number) => number.copied().unwrap_or(0) % bound,
        };
        self.at += 1;
        number as usize
    }

    /// True in so many of a hundred draws; false is the simpler.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent.min(100)
    }

    /// One of these; the first is the simplest.
    pub fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// The number of a branch, by weight.
    pub fn branch(&mut self, weights: &[usize]) -> usize {
        let mut drawn = self.below(weights.iter().sum());
        for (branch, weight) in weights.iter().enumerate() {
            match drawn.checked_sub(*weight) {
                Some(left) => drawn = left,
                None => return branch,
            }
        }
        0
    }
}

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The smallest recording found that still fails, within so many tries: parts left out, numbers made smaller.
pub fn shrink(mut best: Vec<u32>, tries: usize, mut fails: impl FnMut(&[u32]) -> Option<Vec<u32>>) -> Vec<u32> {
    let mut left = tries;
    loop {
        let before = best.clone();
        let mut size = (best.len() / 2).max(1);
        while size > 0 {
            let mut at = 0;
            while at < best.len() {
                let mut shorter = best.clone();
                shorter.drain(at..(at + size).min(best.len()));
                let mut zeroed = best.clone();
                zeroed[at..(at + size).min(best.len())].fill(0);
                let mut found = false;
                for candidate in [shorter, zeroed] {
                    if candidate == best || left == 0 {
                        continue;
                    }
                    left -= 1;
                    if let Some(smaller) = fails(&candidate) {
                        best = smaller;
                        found = true;
                        break;
                    }
                }
                if !found {
                    at += size;
                }
            }
            size /= 2;
        }
        for at in 0..best.len() {
            for smaller in
                [best.get(at).map_or(0, |number| number / 2), best.get(at).map_or(0, |n| n.saturating_sub(1))]
            {
                if best.get(at).is_none_or(|number| smaller >= *number) || left == 0 {
                    continue;
                }
                let mut candidate = best.clone();
                candidate[at] = smaller;
                left -= 1;
                if let Some(found) = fails(&candidate) {
                    best = found;
                }
            }
        }
        if left == 0 || (best.len(), &best) >= (before.len(), &before) {
            return best;
        }
    }
}
