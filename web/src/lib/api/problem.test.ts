import { expect, test } from 'vitest';
import { toProblem } from './problem';

test('a problem+json body gives its name, its words and its fields', () => {
	const problem = toProblem(422, {
		type: 'https://fairlead.dev/problems/invalid',
		title: 'Invalid',
		detail: 'weight: must be 1 to 20',
		request_id: 'a1',
		errors: [{ field: 'weight', problem: 'must be 1 to 20' }]
	});
	expect(problem.code).toBe('invalid');
	expect(problem.message).toBe('weight: must be 1 to 20');
	expect(problem.fields).toEqual({ weight: 'must be 1 to 20' });
	expect(problem.requestId).toBe('a1');
});

test('an answer of another kind keeps its status', () => {
	const problem = toProblem(502, '<html>bad gateway</html>');
	expect(problem.status).toBe(502);
	expect(problem.code).toBe('unexpected');
	expect(problem.message).toContain('502');
});
