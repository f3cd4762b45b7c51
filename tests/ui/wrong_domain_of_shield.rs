use selvedge::reclaim::{Domain, Guard, Hazard, HazardShield, Reclaim};

struct Orders;
impl Domain for Orders {}

struct Users;
impl Domain for Users {}

fn read_orders(_shield: &mut HazardShield<'_, Orders>) {}

fn main() {
    let users = Hazard::<Users>::default();
    let guard = users.pin();
    read_orders(&mut guard.shield());
}
