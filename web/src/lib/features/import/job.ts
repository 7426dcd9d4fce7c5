import type { ImportJob } from '$lib/api';

/** How far an import is, in percent; a finished one is at its end whatever was counted. */
export function percent(job: Pick<ImportJob, 'state' | 'total' | 'done'>): number {
	if (job.state === 'done') return 100;
	if (!job.total) return 0;
	return Math.min(100, Math.floor((job.done / job.total) * 100));
}

/** The newer of two views of one job: the stream and an answer may cross. */
export function newer(a: ImportJob, b: ImportJob): ImportJob {
	if (a.id !== b.id) return a;
	if (a.state !== 'running') return a;
	return b.state !== 'running' || b.done >= a.done ? b : a;
}

/** The form of an import, or of a look at its columns. */
export function importForm(given: {
	file: File;
	source: number;
	map: Record<string, string>;
	dryRun: boolean;
	/** Import the file although it was imported before. */
	again?: boolean;
}): FormData {
	const form = new FormData();
	// The small parts first, so that the server knows where the file goes when it comes.
	form.set('source', String(given.source));
	if (Object.keys(given.map).length) form.set('map', JSON.stringify(given.map));
	if (given.dryRun) form.set('dry_run', 'true');
	if (given.again) form.set('again', 'true');
	form.set('file', given.file);
	return form;
}
