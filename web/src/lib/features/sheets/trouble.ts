import { m } from '$messages';

/** What a pattern below takes out; each has those that its words ask for. */
type Blanks = Record<
	'code' | 'email' | 'how' | 'kind' | 'n' | 'path' | 'rows' | 'title' | 'who',
	string
>;

const CODE = String.raw`\((?<code>(?:HTTP|code) -?\d+)\)`;
const whose = (who: string) => (who === 'the service' ? m.sheet_trouble_service() : who);

/** What the server says of a sheet's trouble, which has no code, as far as its sentences are fixed. */
const SAID: [RegExp, (blanks: Blanks) => string][] = [
	[/^the sheet's budget of calls is used up;/, () => m.sheet_trouble_budget()],
	[/^the service's limit of calls is reached;/, () => m.sheet_trouble_limit()],
	[/^the service was not reached: (?<how>.+)$/, ({ how }) => m.sheet_trouble_unreached({ how })],
	[
		new RegExp(`^the service has a problem for now ${CODE}$`),
		({ code }) => m.sheet_trouble_for_now({ code })
	],
	[
		new RegExp(`^(?<who>the service|Tencent Docs) refuses the token ${CODE}$`),
		({ who, code }) => m.sheet_trouble_token({ who: whose(who), code })
	],
	[
		new RegExp(`^(?<who>the service|Tencent Docs) refuses the request ${CODE}$`),
		({ who, code }) => m.sheet_trouble_request({ who: whose(who), code })
	],
	[/^there is no such document \(HTTP 404\):/, () => m.sheet_trouble_no_document()],
	[/^Tencent Docs does not renew the token:/, () => m.sheet_trouble_renew()],
	[/^Google gives the service account no token:/, () => m.sheet_trouble_key()],
	[
		/^Google does not let the service account in: share the sheet with (?<email>\S+) as/,
		({ email }) => m.sheet_trouble_share({ email })
	],
	[/^(Google's|Tencent Docs') answer |^the answer for a new token/, () => m.sheet_trouble_answer()],
	[/^somebody changed the file meanwhile$/, () => m.sheet_trouble_file_changed()],
	[/^somebody changed the sheet's columns$/, () => m.sheet_trouble_columns_changed()],
	[
		/^the sheet has no column titled “(?<title>.*)”:/,
		({ title }) => m.sheet_trouble_no_column({ title })
	],
	[
		/^the sheet has (?<n>\d+) columns titled “(?<title>.*)”:/,
		({ n, title }) => m.sheet_trouble_columns_twice({ n, title })
	],
	[/^(?<rows>\d+) rows have no key of/, ({ rows }) => m.sheet_trouble_no_key({ rows })],
	[
		/^there is no file (?<path>.+): put it there, or/,
		({ path }) => m.sheet_trouble_no_file({ path })
	],
	[/^the file, or its folder, does not let this program/, () => m.sheet_trouble_file_closed()],
	[/^the file cannot be used: (?<kind>.+)$/, ({ kind }) => m.sheet_trouble_file_unusable({ kind })],
	[/^the file is larger than 64 MB:/, () => m.sheet_trouble_file_large()]
];

const MORE = /; nothing more was tried: check again in a minute$/;

/** Between several that are said at once; two sentences have one of their own. */
const BETWEEN = /(?<!calls is used up|calls is reached); /;

/** A trouble in the language of the screen; one that is not known stands as the server said it. */
export function troubleWords(said: string): string {
	if (MORE.test(said)) return m.sheet_trouble_again({ what: troubleWords(said.replace(MORE, '')) });
	return said.split(BETWEEN).map(oneOf).join('; ');
}

function oneOf(said: string): string {
	for (const [pattern, words] of SAID) {
		const found = pattern.exec(said);
		if (found) return words((found.groups ?? {}) as Blanks);
	}
	return said;
}
