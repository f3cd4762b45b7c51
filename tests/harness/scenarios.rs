//! Random scenarios are always the same for one seed, and of the shape that was asked for.

use crate::specs::Count;
use selvedge::check::{Scenario, Shape, Unstructured};

const SHAPE: Shape = Shape { before: 2, threads: 3, operations: 4, after: 1 };

fn draw(seed: u64) -> Scenario<Count> {
    Scenario::random(seed, SHAPE)
}

#[test]
fn a_seed_gives_one_scenario() {
    for seed in 0..200 {
        assert_eq!(draw(seed), draw(seed));
    }
    let different = (1..200).filter(|seed| draw(*seed) != draw(0)).count();
    assert!(different > 190, "seeds make a difference: {different}");
}

#[test]
fn a_scenario_has_its_shape() {
    let (mut most, mut least) = ((0, 0, 0), (9, 9, 9));
    for seed in 0..500 {
        let scenario = draw(seed);
        assert_eq!(scenario.threads.len(), 3);
        for thread in &scenario.threads {
            let size = (scenario.before.len(), thread.len(), scenario.after.len());
            assert!(size.0 <= 2 && (1..=4).contains(&size.1) && size.2 <= 1, "{scenario:?}");
            most = (most.0.max(size.0), most.1.max(size.1), most.2.max(size.2));
            least = (least.0.min(size.0), least.1.min(size.1), least.2.min(size.2));
        }
    }
    assert_eq!((least, most), ((0, 1, 0), (2, 4, 1)), "all sizes come up");
}

#[test]
fn bytes_that_run_out_give_the_smallest_scenario() {
    let smallest: Scenario<Count> = Scenario::decode(&mut Unstructured::new(&[]), SHAPE).unwrap();
    assert_eq!(smallest.threads, vec![vec![Count::Add]; 3]);
    assert!(smallest.before.is_empty() && smallest.after.is_empty());
}

#[test]
fn scenarios_are_built_piece_by_piece() {
    use Count::{Add, Get};
    let built = Scenario::new().before([Add]).before([Get]).thread([Add, Get]).thread([]).after([Get]);
    let written = Scenario {
        before: vec![Add, Get],
        threads: vec![vec![Add, Get], vec![]],
        after: vec![Get],
        alike: false,
    };
    assert_eq!(built, written);
}
