import { m } from '$messages';
import type { Signing } from '$lib/api';

/** How a webhook proves who sent it, in words. */
export const SIGNINGS: { value: Signing; label: () => string }[] = [
	{ value: 'shared_secret', label: m.signing_shared_secret },
	{ value: 'standard', label: m.signing_standard },
	{ value: 'meta', label: m.signing_meta },
	{ value: 'google', label: m.signing_google }
];

/** What is done with the address and the secret at the other side. */
export const STEPS: Record<Signing, () => string> = {
	shared_secret: m.webhook_text,
	standard: m.webhook_text_standard,
	meta: m.webhook_text_meta,
	google: m.webhook_text_google
};

/** What the source's own secret is called at the other side. */
export const SECRET_NAMES: Record<Signing, () => string> = {
	shared_secret: m.secret_title,
	standard: m.secret_title_standard,
	meta: m.secret_title_meta,
	google: m.secret_title_google
};
