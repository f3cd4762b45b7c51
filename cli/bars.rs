//! The history as bars: a lane for each process, time from left to right.
//!
//! ```text
//! process 0  ├1─┤        ├3───┤
//! process 1      ├2──────┤  ├A─ ┄
//! ```
//! Moments are drawn in their order and not to scale: each beginning and end has a column of its own.

use std::collections::BTreeMap;

/// A call as it is drawn.
pub struct Bar {
    /// Whose lane it lies in.
    pub process: usize,
    /// What is written on it.
    pub mark: String,
    pub start: u64,
    /// Nothing if it did not end.
    pub end: Option<u64>,
}

/// Draws lanes, in the order of `names`, which are those of processes with bars.
pub fn draw(bars: &[Bar], names: &[(usize, String)]) -> String {
    // Between two moments there is room for the longest mark.
    let step = 1 + bars.iter().map(|bar| bar.mark.chars().count()).max().unwrap_or(0);
    let moments: BTreeMap<u64, usize> = {
        let mut all: Vec<u64> = bars.iter().flat_map(|bar| [Some(bar.start), bar.end]).flatten().collect();
        all.sort_unstable();
        all.dedup();
        all.into_iter().enumerate().map(|(nth, moment)| (moment, nth * step)).collect()
    };
    let width = moments.len() * step + 1;
    let label = names.iter().map(|(_, name)| name.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for (process, name) in names {
        let mut lane = vec![' '; width];
        for bar in bars.iter().filter(|bar| bar.process == *process) {
            let from = moments[&bar.start];
            let to = bar.end.map_or(width - 1, |end| moments[&end]);
            lane[from + 1..to].fill('─');
            (lane[from], lane[to]) = ('├', if bar.end.is_some() { '┤' } else { '┄' });
            lane[from + 1..].iter_mut().zip(bar.mark.chars()).for_each(|(cell, c)| *cell = c);
        }
        let lane: String = lane.into_iter().collect();
        out += &format!("{name:label$}  {}\n", lane.trim_end());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Bar, draw};

    #[test]
    fn bars_begin_and_end_at_their_moments() {
        let bar = |process, mark: &str, start, end| Bar { process, mark: mark.into(), start, end };
        let bars = [bar(0, "1", 0, Some(3)), bar(4, "2", 1, Some(10)), bar(0, "A", 12, None)];
        let drawn = draw(&bars, &[(0, "process 0".into()), (4, "process 17".into())]);
        assert_eq!(drawn, "process 0   ├1──┤   ├A┄\nprocess 17    ├2──┤\n");
    }
}
