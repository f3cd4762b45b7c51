//! How much work a run may do.

/// How much work a run may do: `SELVEDGE_BUDGET=quick`, `normal` (the default) or `long`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    /// Seconds in all: for a first look, and for CI.
    Quick,
    /// What the README's numbers were made with.
    Normal,
    /// Ten times as much, and another seed each time.
    Long,
}

impl Budget {
    /// The budget that the environment asks for.
    ///
    /// # Panics
    /// If `SELVEDGE_BUDGET` is none of the three words.
    #[must_use]
    pub fn get() -> Self {
        match std::env::var("SELVEDGE_BUDGET").as_deref() {
            Ok("quick") => Budget::Quick,
            Err(_) | Ok("normal") => Budget::Normal,
            Ok("long") => Budget::Long,
            Ok(other) => panic!("SELVEDGE_BUDGET={other}: expected quick, normal or long"),
        }
    }

    /// A count that is `normal` in a normal run.
    #[must_use]
    pub fn scale(self, normal: u64) -> u64 {
        match self {
            Budget::Quick => (normal / 10).max(1),
            Budget::Normal => normal,
            Budget::Long => normal * 10,
        }
    }

    /// The seed of everything random: fixed, so that a run can be repeated; a new one in a long run, which is
    /// printed. `SELVEDGE_SEED` overrides it.
    ///
    /// # Panics
    /// If `SELVEDGE_SEED` is no number.
    #[must_use]
    pub fn seed(self) -> u64 {
        match std::env::var("SELVEDGE_SEED") {
            Ok(text) => text.parse().unwrap_or_else(|_| panic!("SELVEDGE_SEED={text}: expected a number")),
            Err(_) if self == Budget::Long => {
                let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                let seed = since.map_or(1, |time| time.as_nanos() as u64);
                eprintln!("SELVEDGE_SEED={seed}");
                seed
            }
            Err(_) => 0x5E1F_ED6E,
        }
    }
}
