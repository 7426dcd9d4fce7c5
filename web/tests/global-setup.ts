import { Server } from './server';

/** The demo that the tests of roles and pages look at: the caller's, or one of our own. */
export default async function setup(): Promise<() => Promise<void>> {
	if (process.env.FAIRLEAD_URL) return async () => {};
	const server = await Server.start(true);
	process.env.FAIRLEAD_URL = server.url;
	return () => server.end();
}
