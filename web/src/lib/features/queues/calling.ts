/** From when until when calls are usually allowed in a country: what the form suggests. */
export function callingHours(country: string): { from: string; to: string } {
	// United States: 47 CFR 64.1200(c)(1). India: TRAI's TCCCPR; the narrower one is for all others.
	return { from: country === 'US' ? '08:00' : '09:00', to: '21:00' };
}
