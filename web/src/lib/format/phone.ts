/** Sizes of the groups behind the country code, where people of that country expect them. */
const GROUPS: Record<string, number[]> = {
	'1': [3, 3, 4],
	'33': [1, 2, 2, 2, 2],
	'44': [4, 6],
	'49': [3, 4, 4],
	'52': [2, 4, 4],
	'55': [2, 5, 4],
	'61': [3, 3, 3],
	'65': [4, 4],
	'81': [2, 4, 4],
	'82': [2, 4, 4],
	'86': [3, 4, 4],
	'91': [5, 5],
	'92': [3, 7],
	'880': [4, 6],
	'852': [4, 4],
	'971': [2, 3, 4],
	'977': [3, 3, 4]
};

/** Country codes of one and of two digits; all others have three (ITU-T E.164). */
const SHORT = /^([17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;

const codeOf = (digits: string): string => SHORT.exec(digits)?.[0] ?? digits.slice(0, 3);

/** An E.164 number in the groups in which people read it out: `+91 98765 43210`. */
export function groupPhone(e164: string): string {
	if (!/^\+\d{5,15}$/.test(e164)) return e164;
	const digits = e164.slice(1);
	const code = codeOf(digits);
	const rest = digits.slice(code.length);
	const sizes = GROUPS[code] ?? [];
	const total = sizes.reduce((sum, n) => sum + n, 0);
	return `+${code} ${rest.length === total ? cut(rest, sizes) : thirds(rest)}`;
}

function cut(digits: string, sizes: number[]): string {
	let at = 0;
	return sizes.map((n) => digits.slice(at, (at += n))).join(' ');
}

/** Groups of three, the last of three to five so that no digit stands alone. */
function thirds(digits: string): string {
	const groups: string[] = [];
	let rest = digits;
	while (rest.length > 5) {
		groups.push(rest.slice(0, 3));
		rest = rest.slice(3);
	}
	if (rest.length === 5 && groups.length > 0)
		return [...groups, rest.slice(0, 3), rest.slice(3)].join(' ');
	return [...groups, rest].join(' ');
}
