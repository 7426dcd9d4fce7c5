import type { Preset, SetupWorkspace } from '$lib/api';
import { appearance } from '$lib/settings.svelte';

type Place = { zone: string; country: string };
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

/** Where this browser is; a country that neither its language nor its zone tells is left to choose. */
export function ownPlace(zone = ownZone(), language = navigator.language): Place {
	return { zone, country: new Intl.Locale(language).region ?? countryOf(zone) ?? '' };
}

/** The country that a zone is of, where it is of one and this browser knows which. */
export function countryOf(zone: string): string | undefined {
	const of = CODES.split(' ').filter((code) => zonesOf(code).includes(zone));
	return of.length === 1 ? of[0] : undefined;
}

function zonesOf(country: string): string[] {
	// Newer than the types: a method, and a property before that.
	const there = new Intl.Locale('und', { region: country }) as Intl.Locale & {
		getTimeZones?: () => string[] | undefined;
		timeZones?: string[];
	};
	return (there.getTimeZones?.() ?? there.timeZones ?? []).map(todaysName);
}

/**
 * What is proposed: what was chosen when the workspace was made, which no preset changes; else where
 * teams of the preset are; else where this browser is.
 */
export function proposed(own: Place, made: SetupWorkspace['place'], preset: Preset | ''): Place {
	if (made) return { zone: made.time_zone, country: made.country };
	return placeOf(preset) ?? own;
}

/** Where a team of this preset is unless somebody says otherwise, as on the command line. */
export function placeOf(preset: Preset | ''): Place | undefined {
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
