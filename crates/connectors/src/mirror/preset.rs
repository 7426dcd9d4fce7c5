//! Columns of sheets that many have.

use super::{Columns, Place, Role, SheetColumn, Use};
use crate::Field;

impl Columns {
    /// A recruitment team's list of accounts to call. Its column D is computed by the sheet: like
    /// every column that is not named, it is ignored.
    pub fn recruitment() -> Columns {
        let field = |name: &str| match name.parse::<Field>() {
            Ok(field) => field,
            Err(never) => match never {},
        };
        let column = |title: &str, permission, attribute: Option<&str>, role| SheetColumn {
            place: Place::Column(title.to_owned()),
            attribute: attribute.map(field),
            permission,
            role,
        };
        let columns = vec![
            column("account", Use::Read, Some("account"), Some(Role::Unique)),
            column("已电联", Use::Write, Some("contacted"), Some(Role::Done)),
            column("已选中", Use::Write, Some("selected"), None),
            column("QQ", Use::Write, Some("qq"), None),
            column("手机号", Use::Read, Some("phone"), None),
            column("设备", Use::Read, Some("device"), None),
            column("建联人", Use::Write, None, Some(Role::Owner)),
            column("备注", Use::Write, Some("note"), Some(Role::Result)),
        ];
        Columns::of(columns)
    }
}
