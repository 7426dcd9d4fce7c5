import { describe, expect, test } from 'vitest';
import { blocks, inline } from './markdown';

const text = (text: string) => ({ kind: 'text' as const, text });

describe('within a paragraph', () => {
	test('bold, italic, variables and links', () => {
		expect(inline('Ask **{name}** for *their* [form](https://example.org/f)')).toEqual([
			text('Ask '),
			{ kind: 'bold', parts: [{ kind: 'variable', name: 'name' }] },
			text(' for '),
			{ kind: 'italic', parts: [text('their')] },
			text(' '),
			{ kind: 'link', href: 'https://example.org/f', parts: [text('form')] }
		]);
	});

	test('underscores within a word or a variable are no marks', () => {
		expect(inline('{first_name} a_b_c')).toEqual([
			{ kind: 'variable', name: 'first_name' },
			text(' a_b_c')
		]);
		expect(inline('_so_')).toEqual([{ kind: 'italic', parts: [text('so')] }]);
	});

	test.each([
		'[here](javascript:alert(1))',
		'[here](http://example.org)',
		'[here](//example.org)',
		'<img src=x onerror=alert(1)>',
		'2 * 3 and **open',
		'{not a name}'
	])('%s is text', (source) => expect(inline(source)).toEqual([text(source)]));

	test('a mark is written with a backslash before it', () => {
		expect(inline('\\*not\\* \\{name\\}')).toEqual([text('*not* {name}')]);
	});
});

test('paragraphs keep their line breaks, an empty line parts them', () => {
	expect(blocks('one\r\ntwo\n\nthree')).toEqual([
		{ kind: 'paragraph', lines: [[text('one')], [text('two')]] },
		{ kind: 'paragraph', lines: [[text('three')]] }
	]);
});

test('lists of both kinds, also right below a paragraph', () => {
	expect(blocks('Check:\n- one\n- two\n1. first\n2) second')).toEqual([
		{ kind: 'paragraph', lines: [[text('Check:')]] },
		{ kind: 'list', ordered: false, items: [[text('one')], [text('two')]] },
		{ kind: 'list', ordered: true, items: [[text('first')], [text('second')]] }
	]);
	expect(blocks('  ')).toEqual([]);
});
