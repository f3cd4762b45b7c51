use selvedge::reclaim::{Domain, Hazard, OwnedHazardGuard};
use std::sync::Arc;

struct Orders;
impl Domain for Orders {}

struct Users;
impl Domain for Users {}

fn look_at_orders(_guard: &OwnedHazardGuard<Orders>) {}

fn main() {
    let users = Arc::new(Hazard::<Users>::default());
    let guard = Hazard::pin_owned(&users);
    look_at_orders(&guard);
}
