import { m } from '$messages';

/** What stands in a sentence for itself. */
const NAMES = [
	'at',
	'cells',
	'code',
	'email',
	'kind',
	'letter',
	'n',
	'other',
	'path',
	'rows',
	'title',
	'titles'
] as const;
/** What stands in a sentence and is said in words of its own. */
const PARTS = ['format', 'how', 'takes', 'what', 'who'] as const;
const BLANKS = [...NAMES, ...PARTS];
type Blanks = Record<(typeof BLANKS)[number], string>;
type Sentence = (blanks: Blanks, options?: { locale?: 'en' }) => string;

/** What the server says of a sheet. That has no code: the English message is what the server says. */
const SENTENCES: Sentence[] = [
	m.sheet_trouble_budget,
	m.sheet_trouble_limit,
	m.sheet_trouble_unreached,
	m.sheet_trouble_for_now,
	m.sheet_trouble_token,
	m.sheet_trouble_request,
	m.sheet_trouble_no_document,
	m.sheet_trouble_renew,
	m.sheet_trouble_key,
	m.sheet_trouble_share,
	m.sheet_trouble_file_changed,
	m.sheet_trouble_columns_changed,
	m.sheet_trouble_no_column,
	m.sheet_trouble_columns_twice,
	m.sheet_trouble_no_key,
	m.sheet_trouble_no_file,
	m.sheet_trouble_file_closed,
	m.sheet_trouble_file_unusable,
	m.sheet_trouble_file_large,
	m.sheet_said_no_tab_linked,
	m.sheet_said_access_ended,
	m.sheet_said_address,
	m.sheet_said_archaic,
	m.sheet_said_astray,
	m.sheet_said_book_damaged,
	m.sheet_said_columns_few,
	m.sheet_said_columns_good,
	m.sheet_said_columns_same,
	m.sheet_said_copied,
	m.sheet_said_cut_off,
	m.sheet_said_dropped,
	m.sheet_said_duplicates,
	m.sheet_said_emptied,
	m.sheet_said_encoding,
	m.sheet_said_encoding_save,
	m.sheet_said_endless,
	m.sheet_said_file_empty,
	m.sheet_said_file_excel,
	m.sheet_said_file_good,
	m.sheet_said_file_harm,
	m.sheet_said_file_no_rows,
	m.sheet_said_file_no_tab,
	m.sheet_said_file_open,
	m.sheet_said_file_unread,
	m.sheet_said_folder_closed,
	m.sheet_said_formulas,
	m.sheet_said_formulas_file,
	m.sheet_said_formulas_left,
	m.sheet_said_formulas_some,
	m.sheet_said_google_good,
	m.sheet_said_google_link,
	m.sheet_said_key_file,
	m.sheet_said_key_no_sign,
	m.sheet_said_moved,
	m.sheet_said_moved_where,
	m.sheet_said_newer,
	m.sheet_said_no_letter,
	m.sheet_said_no_refresh,
	m.sheet_said_no_row,
	m.sheet_said_no_secrets,
	m.sheet_said_no_tab,
	m.sheet_said_no_unique,
	m.sheet_said_off,
	m.sheet_said_off_source,
	m.sheet_said_quote_open,
	m.sheet_said_renew_app,
	m.sheet_said_row_astray,
	m.sheet_said_rows_good,
	m.sheet_said_rows_none,
	m.sheet_said_rows_none_apart,
	m.sheet_said_sheet_damaged,
	m.sheet_said_tab_none,
	m.sheet_said_tab_twice,
	m.sheet_said_tab_which,
	m.sheet_said_tencent_good,
	m.sheet_said_tencent_link,
	m.sheet_said_title_twice,
	m.sheet_said_token_stays,
	m.sheet_said_unfit,
	m.sheet_said_unique_file,
	m.sheet_said_unique_google,
	m.sheet_said_unreadable,
	m.sheet_said_unwritable
];

/** What such a sentence is made of. */
const INSIDE: Sentence[] = [
	m.sheet_trouble_service,
	m.sheet_said_csv_tabs,
	m.sheet_said_excel,
	m.sheet_said_how_certificate,
	m.sheet_said_how_endless,
	m.sheet_said_how_failed,
	m.sheet_said_how_host,
	m.sheet_said_how_io,
	m.sheet_said_how_late,
	m.sheet_said_how_plain,
	m.sheet_said_how_private,
	m.sheet_said_key_address,
	m.sheet_said_key_no_json,
	m.sheet_said_key_no_rsa,
	m.sheet_said_key_none,
	m.sheet_said_takes_encoding,
	m.sheet_said_takes_filled,
	m.sheet_said_takes_formula,
	m.sheet_said_takes_length,
	m.sheet_said_takes_moments,
	m.sheet_said_takes_none,
	m.sheet_said_takes_numbers
];

/** Where the server's words are others than ours. */
const OTHERWISE: [RegExp, Sentence][] = [
	[
		/^(Google's|Tencent Docs') answer |^the answer for a new token|^Tencent Docs answered with/,
		m.sheet_trouble_answer
	],
	[/^the file files are kept as sheets only where/, m.sheet_said_folder_none],
	[/^the file must be a file in (?<path>.*)$/, m.sheet_said_folder_not_in],
	[/^the file there is no such file in (?<path>.*): put/, m.sheet_said_folder_not_there],
	[
		/^the file the folder for sheets, (?<path>.*), cannot be used: (?<kind>.*)$/,
		m.sheet_said_folder_unusable
	]
];

/** A private character around a blank's name, which no message holds. */
const MARK = '\uE000';
const blanks = Object.fromEntries(BLANKS.map((name) => [name, MARK + name + MARK])) as Blanks;

/** What the server says where a message stands for it. */
function pattern(sentence: Sentence): RegExp {
	const english = sentence(blanks, { locale: 'en' }).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	return new RegExp(
		`^${english.replace(new RegExp(`${MARK}(.*?)${MARK}`, 'g'), '(?<$1>.*?)')}$`,
		's'
	);
}

const known = (sentences: Sentence[]): [RegExp, Sentence][] =>
	sentences.map((sentence) => [pattern(sentence), sentence]);
const whole = [...OTHERWISE, ...known(SENTENCES)];
const inside = [...known(INSIDE), ...whole];

const MORE = /; nothing more was tried: check again in a minute$/;
const BETWEEN = '; ';

/** A trouble in the language of the screen; one that is not known stands as the server said it. */
export function troubleWords(said: string): string {
	if (MORE.test(said)) return m.sheet_trouble_again({ what: troubleWords(said.replace(MORE, '')) });
	// Several are said at once, and some have in them what stands between two.
	const pieces = said.split(BETWEEN);
	const words: string[] = [];
	while (pieces.length) {
		const ends = pieces.map((_, at) => at + 1);
		const end = ends.find((end) => translated(pieces.slice(0, end).join(BETWEEN), whole) !== null);
		const sentence = pieces.splice(0, end ?? 1).join(BETWEEN);
		words.push(translated(sentence, whole) ?? sentence);
	}
	return words.join(BETWEEN);
}

function translated(said: string, sentences: [RegExp, Sentence][]): string | null {
	for (const [pattern, words] of sentences) {
		const found = pattern.exec(said);
		if (!found) continue;
		const filled = { ...found.groups } as Blanks;
		for (const name of PARTS) {
			if (filled[name]) filled[name] = translated(filled[name], inside) ?? filled[name];
		}
		return words(filled);
	}
	return null;
}
