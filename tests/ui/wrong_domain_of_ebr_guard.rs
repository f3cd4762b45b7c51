use selvedge::reclaim::{Domain, Ebr, EbrGuard, Reclaim};

struct Orders;
impl Domain for Orders {}

struct Users;
impl Domain for Users {}

fn look_at_orders(_guard: &EbrGuard<'_, Orders>) {}

fn main() {
    let users = Ebr::<Users>::default();
    look_at_orders(&users.pin());
}
