//! `docs/security.md` shows who may do what as the code decides it. What fails prints the table that
//! should stand there.

use starling_protocol::{Action, Role, Scopes, Standing, Visibility};

const DOC: &str = include_str!("../../docs/security.md");

/// Somebody in a public room where nothing is special.
const PLAIN: Standing = Standing {
    role: Role::Visitor,
    operator: false,
    scopes: Scopes::ALL,
    visibility: Visibility::Public,
    visitors_talk: true,
    locked: false,
    archived: false,
    muted: None,
    banned: None,
    kicked: None,
};

#[test]
fn the_table_of_roles_and_actions_is_that_of_the_code() {
    let rooms = [PLAIN, Standing { locked: true, ..PLAIN }, Standing { archived: true, ..PLAIN }];
    let roles: Vec<&str> = Role::ALL.iter().map(|role| role.name()).collect();
    let mut table = format!("| | {} |\n|---|{}\n", roles.join(" | "), "---|".repeat(roles.len()));
    for action in Action::ALL {
        let cell = |role: &Role| {
            let allowed = rooms.map(|room| Standing { role: *role, ..room }.may(*action).is_ok());
            match allowed {
                [true, true, true] => "yes",
                [true, true, false] => "unless archived",
                [true, false, false] => "unless locked or archived",
                [false, false, false] => "no",
                other => panic!("no words for {other:?}"),
            }
        };
        let cells: Vec<&str> = Role::ALL.iter().map(cell).collect();
        table += &format!("| {} | {} |\n", action.rule().meaning, cells.join(" | "));
    }
    assert!(DOC.contains(&table), "docs/security.md should have this table:\n\n{table}");
}
