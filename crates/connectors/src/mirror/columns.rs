//! What each column of a sheet is to us, and the one door to writing.

use super::letters::{index_of, letter_of};
use crate::Field;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Where a column is found.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// By the title above it, whose capitals and outer blanks do not matter.
    Column(String),
    /// By its letter, `A` to `ZZZ`: for sheets without titles, and for columns whose title changes.
    /// Whoever moves a column then moves what is written too.
    Letter(String),
}

/// What may be done with a column's cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// Its cells become attributes.
    Read,
    /// Its cells show what came of the work; they are read only to see who else changed them.
    Write,
    /// Neither.
    Ignore,
}

/// What a column means beyond being an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Tells rows apart.
    Unique,
    /// Set when the row's work is done.
    Done,
    /// The name of who has the row.
    Owner,
    /// What came of it, in words.
    Result,
}

/// One column. In JSON: `{"column": "手机号", "permission": "read", "attribute": "phone"}`, or with
/// `"letter": "M"` instead of the title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct SheetColumn {
    pub place: Place,
    /// The attribute that is read from it or shown in it; none where only the role matters.
    pub attribute: Option<Field>,
    pub permission: Use,
    pub role: Option<Role>,
}

/// A column as it stands in a configuration.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    letter: Option<String>,
    permission: Use,
    #[serde(skip_serializing_if = "Option::is_none")]
    attribute: Option<Field>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
}

impl TryFrom<Written> for SheetColumn {
    type Error = ColumnsError;

    fn try_from(written: Written) -> Result<Self, ColumnsError> {
        let place = match (written.column, written.letter) {
            (Some(title), None) if !title.trim().is_empty() => Place::Column(title.trim().into()),
            (None, Some(letter)) => match index_of(letter.trim()) {
                Some(at) => Place::Letter(letter_of(at)),
                None => return Err(ColumnsError::NotALetter(letter)),
            },
            _ => return Err(ColumnsError::NoPlace),
        };
        let Written { permission, attribute, role, .. } = written;
        Ok(SheetColumn { place, attribute, permission, role })
    }
}

impl From<SheetColumn> for Written {
    fn from(column: SheetColumn) -> Self {
        let (title, letter) = match column.place {
            Place::Column(title) => (Some(title), None),
            Place::Letter(letter) => (None, Some(letter)),
        };
        let SheetColumn { permission, attribute, role, .. } = column;
        Written { column: title, letter, permission, attribute, role }
    }
}

impl SheetColumn {
    /// What the configuration calls it: its title or its letter.
    pub fn name(&self) -> &str {
        match &self.place {
            Place::Column(name) | Place::Letter(name) => name,
        }
    }
}

/// A sheet's columns; those that are not named are ignored. In JSON it is a list of
/// [`SheetColumn`]s.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<SheetColumn>", into = "Vec<SheetColumn>")]
pub struct Columns(Vec<SheetColumn>);

/// Columns that make no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ColumnsError {
    #[error("a column needs either `column`, its title, or `letter`, such as \"M\"")]
    NoPlace,
    #[error("\"{0}\" is not a column's letter: write A to ZZZ")]
    NotALetter(String),
    #[error("no column is read: name at least the one with the phone number or another attribute")]
    NothingToRead,
    #[error("the column \"{0}\" is there twice: keep one of them")]
    Twice(String),
    #[error("two columns have the attribute \"{0}\": keep one of them")]
    AttributeTwice(String),
    #[error("two columns have the role {0:?}: keep one of them")]
    RoleTwice(Role),
    #[error("the column \"{0}\" is ignored, so it can have neither an attribute nor a role")]
    Ignored(String),
    #[error("the column \"{0}\" tells rows apart, so it must be read and not written")]
    UniqueIsRead(String),
    #[error("the column \"{0}\" says neither which attribute it is nor which role it has")]
    Meaningless(String),
}

/// A column that may be written. Nothing but [`Columns`] can make one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Writable {
    place: Place,
}

impl Writable {
    /// What the configuration calls the column.
    pub fn name(&self) -> &str {
        match &self.place {
            Place::Column(name) | Place::Letter(name) => name,
        }
    }

    /// Where it is, for the adapters.
    pub(super) fn place(&self) -> &Place {
        &self.place
    }
}

impl TryFrom<Vec<SheetColumn>> for Columns {
    type Error = ColumnsError;

    fn try_from(columns: Vec<SheetColumn>) -> Result<Self, ColumnsError> {
        let (mut places, mut attributes, mut roles) =
            (HashSet::new(), HashSet::new(), HashSet::new());
        for column in &columns {
            let name = || column.name().to_owned();
            let by_title = matches!(column.place, Place::Column(_));
            if !places.insert((by_title, column.name().to_lowercase())) {
                return Err(ColumnsError::Twice(name()));
            }
            let meaning = column.attribute.is_some() || column.role.is_some();
            match (column.permission, column.role) {
                (Use::Ignore, _) if meaning => return Err(ColumnsError::Ignored(name())),
                (Use::Write, Some(Role::Unique)) => return Err(ColumnsError::UniqueIsRead(name())),
                (Use::Read | Use::Write, _) if !meaning => {
                    return Err(ColumnsError::Meaningless(name()));
                }
                _ => {}
            }
            if let Some(attribute) = &column.attribute
                && !attributes.insert(attribute.to_string())
            {
                return Err(ColumnsError::AttributeTwice(attribute.to_string()));
            }
            if let Some(role) = column.role
                && !roles.insert(role)
            {
                return Err(ColumnsError::RoleTwice(role));
            }
        }
        match columns.iter().any(|column| column.permission == Use::Read) {
            true => Ok(Columns(columns)),
            false => Err(ColumnsError::NothingToRead),
        }
    }
}

impl From<Columns> for Vec<SheetColumn> {
    fn from(columns: Columns) -> Self {
        columns.0
    }
}

impl Columns {
    /// Columns that are known to make sense.
    pub(super) fn of(columns: Vec<SheetColumn>) -> Columns {
        debug_assert!(Columns::try_from(columns.clone()).is_ok(), "a preset makes sense");
        Columns(columns)
    }

    /// All columns that are named, the ignored ones too.
    pub fn all(&self) -> &[SheetColumn] {
        &self.0
    }

    /// The columns whose cells are fetched: read, and written ones to see who else changed them.
    pub fn fetched(&self) -> impl Iterator<Item = &SheetColumn> {
        self.0.iter().filter(|column| column.permission != Use::Ignore)
    }

    /// The column with a role.
    pub fn with_role(&self, role: Role) -> Option<&SheetColumn> {
        self.0.iter().find(|column| column.role == Some(role))
    }

    /// The columns that may be written, each with the key to it.
    pub fn writable(&self) -> impl Iterator<Item = (&SheetColumn, Writable)> {
        let writable = self.0.iter().filter(|column| column.permission == Use::Write);
        writable.map(|column| (column, Writable { place: column.place.clone() }))
    }

    /// The key to the column in which an attribute is shown, if it may be written.
    pub fn showing(&self, attribute: &Field) -> Option<Writable> {
        let shows = |column: &SheetColumn| column.attribute.as_ref() == Some(attribute);
        self.writable().find(|(column, _)| shows(column)).map(|(_, key)| key)
    }

    /// The key to the column with a role, if it may be written.
    pub fn written_role(&self, role: Role) -> Option<Writable> {
        self.writable().find(|(column, _)| column.role == Some(role)).map(|(_, key)| key)
    }
}

#[cfg(test)]
mod tests;
