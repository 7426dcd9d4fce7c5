import type { Preset } from '$lib/api';
import { appearance } from '$lib/settings.svelte';

type Choice = { value: string; label: string };

/** Browsers list some zones by names that the zone database gave up long ago. */
const RENAMED: Record<string, string> = {
	'Africa/Asmera': 'Africa/Asmara',
	'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
	'America/Godthab': 'America/Nuuk',
	'Asia/Calcutta': 'Asia/Kolkata',
	'Asia/Katmandu': 'Asia/Kathmandu',
	'Asia/Rangoon': 'Asia/Yangon',
	'Asia/Saigon': 'Asia/Ho_Chi_Minh',
	'Atlantic/Faeroe': 'Atlantic/Faroe',
	'Europe/Kiev': 'Europe/Kyiv',
	'Pacific/Enderbury': 'Pacific/Kanton',
	'Pacific/Ponape': 'Pacific/Pohnpei',
	'Pacific/Truk': 'Pacific/Chuuk'
};

/** A zone by the name that it has today. */
export const todaysName = (zone: string) => RENAMED[zone] ?? zone;

/** This browser's own zone. */
export const ownZone = () => todaysName(Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC');

/** Where this browser is. */
export const ownPlace = () => ({
	zone: ownZone(),
	country: new Intl.Locale(navigator.language).region ?? 'US'
});

/** Where a team of this preset is unless somebody says otherwise, as on the command line. */
export function placeOf(preset: Preset | ''): { zone: string; country: string } | undefined {
	if (preset === 'call-desk') return { zone: 'Asia/Shanghai', country: 'CN' };
	const india = { zone: 'Asia/Kolkata', country: 'IN' };
	return preset === 'lead-desk' || preset === 'crm' ? india : undefined;
}

/** Every zone that this browser knows, and the one that is set. */
export function zones(set: string): Choice[] {
	const known = Intl.supportedValuesOf('timeZone').map(todaysName);
	return [...new Set(['UTC', set, ...known])].sort().map((value) => ({ value, label: value }));
}

const CODES =
	'AE AF AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BT BW BY BZ CA CD CF CG CH CI CL CM CN CO CR CU CV CY CZ DE DJ DK DO DZ EC EE EG ER ES ET FI FJ FR GA GB GE GH GM GN GQ GR GT GW GY HK HN HR HT HU ID IE IL IN IQ IR IS IT JM JO JP KE KG KH KM KP KR KW KZ LA LB LK LR LS LT LU LV LY MA MD ME MG MK ML MM MN MO MR MT MU MV MW MX MY MZ NA NE NG NI NL NO NP NZ OM PA PE PG PH PK PL PS PT PY QA RO RS RU RW SA SB SC SD SE SG SI SK SL SM SN SO SR SS ST SV SY SZ TD TG TH TJ TL TM TN TO TR TT TW TZ UA UG US UY UZ VE VN VU WS YE ZA ZM ZW';

/** Countries by their names in the language of the screen. */
export function countries(): Choice[] {
	const names = new Intl.DisplayNames(appearance.tag, { type: 'region' });
	return CODES.split(' ')
		.map((value) => ({ value, label: `${names.of(value) ?? value} (${value})` }))
		.sort((a, b) => a.label.localeCompare(b.label, appearance.tag));
}
