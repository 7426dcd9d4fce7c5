import { describe, expect, it } from 'vitest';
import type { Agent, Queue, Source } from '$lib/api';
import { servedBy, servedByNewcomers, serversOf, wholeQueues } from './serving';

const queues = [
	{ id: 1, name: 'Leads', active: true },
	{ id: 2, name: 'Old', active: false }
] as Queue[];
const sources = [
	{ id: 1, name: 'META', queue: 1 },
	{ id: 2, name: 'GOOGLE', queue: 1 }
] as Source[];
const agent = (name: string, on: number[], of: number[], active = true) =>
	({ name, active, queues: on, sources: of }) as Agent;
const ann = agent('Ann', [1], []);
const ben = agent('Ben', [], [1]);
const gone = agent('Gone', [1], [1], false);

describe('who serves what', () => {
	it('names queues and sources, and numbers what is unknown', () => {
		expect(servedBy(agent('Cat', [1, 9], [2]), queues, sources)).toEqual(['Leads', '#9', 'GOOGLE']);
	});
	it('knows who gets items of a source', () => {
		const names = (id: number) =>
			serversOf({ id, queue: 1 }, [ann, ben, gone]).map(({ name }) => name);
		expect(names(1)).toEqual(['Ann', 'Ben']);
		expect(names(2)).toEqual(['Ann']);
	});
	it('tells when single sources make no difference', () => {
		expect(wholeQueues(agent('Cat', [1], [2]), queues, sources)).toEqual([queues[0]]);
		expect(wholeQueues(ann, queues, sources)).toEqual([]);
		expect(wholeQueues(ben, queues, sources)).toEqual([]);
	});
	it('gives a newcomer all queues, unless sources are given one by one', () => {
		expect(servedByNewcomers(queues, [ann, gone])).toEqual([1]);
		expect(servedByNewcomers(queues, [ann, ben])).toEqual([]);
	});
});
