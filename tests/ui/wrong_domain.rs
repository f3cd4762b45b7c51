use selvedge::reclaim::{Domain, Hazard, HazardGuard, Reclaim};

struct Orders;
impl Domain for Orders {}

struct Users;
impl Domain for Users {}

fn look_at_orders(_guard: &HazardGuard<'_, Orders>) {}

fn main() {
    let users = Hazard::<Users>::default();
    look_at_orders(&users.pin());
}
