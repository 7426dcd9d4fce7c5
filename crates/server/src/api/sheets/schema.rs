//! How columns look in requests and answers.

use utoipa::ToSchema;

/// A column of a sheet: `column` or `letter` says where it is.
#[derive(ToSchema)]
pub struct SheetColumn {
    /// The title above it, whose capitals and outer blanks do not matter.
    #[schema(nullable = false)]
    pub column: Option<String>,
    /// Its letter, such as M: for sheets without titles.
    #[schema(nullable = false)]
    pub letter: Option<String>,
    pub permission: SheetPermission,
    /// The attribute that is read from it or shown in it: `phone`, `name`, `email`, `region`,
    /// `language`, `priority`, or an attribute's own name.
    #[schema(nullable = false)]
    pub attribute: Option<String>,
    #[schema(nullable = false)]
    pub role: Option<SheetRole>,
}

/// What may be done with a column's cells. One that is not named is ignored.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum SheetPermission {
    Read,
    Write,
    Ignore,
}

/// What a column means beyond being an attribute.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum SheetRole {
    /// Tells rows apart.
    Unique,
    /// Set when the row's work is done.
    Done,
    /// The name of who has the row.
    Owner,
    /// What came of it, in words.
    Result,
}

/// How much a finding matters.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum FindingWeight {
    Good,
    Warning,
    Wrong,
}
