import { describe, expect, test } from 'vitest';
import {
	ago,
	atClock,
	clock,
	clockInput,
	countdown,
	dayAfter,
	dayStart,
	isDay,
	about,
	lasting,
	secsBetween,
	span,
	spanFrom,
	splitSecs,
	wait
} from './time';

const NOW = new Date('2026-03-10T12:00:00Z');

test.each([
	[0, '0s'],
	[45, '45s'],
	[185, '3m 05s'],
	[7800, '2h 10m'],
	[273_600, '3d 4h']
])('a wait of %i seconds reads %s', (secs, words) => expect(wait(secs)).toBe(words));

describe('how long ago', () => {
	test.each([
		['2026-03-10T12:00:02Z', 'now'],
		['2026-03-10T11:59:50Z', '10 sec. ago'],
		['2026-03-10T11:57:00Z', '3 min. ago'],
		['2026-03-10T09:00:00Z', '3 hr. ago'],
		['2026-03-09T11:00:00Z', 'yesterday']
	])('%s is %s', (at, words) => expect(ago(at, NOW, 'en')).toBe(words));

	test('is said in the language of the screen', () => {
		expect(ago('2026-03-10T11:57:00Z', NOW, 'zh-CN')).toBe('3分钟前');
	});
});

test('the clock shows the workspace’s zone, and the day only when it is another', () => {
	expect(clock('2026-03-10T12:00:00Z', NOW, 'Asia/Kolkata', 'en-GB')).toBe('17:30');
	expect(clock('2026-03-10T20:00:00Z', NOW, 'Asia/Kolkata', 'en-GB')).toBe('11 Mar, 01:30');
	expect(clock('2031-01-01T00:00:00Z', NOW, 'Asia/Kolkata', 'en-GB')).toBe('1 Jan 2031, 05:30');
});

test('a countdown never goes below zero and never shows a second too few', () => {
	expect(countdown(29.2)).toBe('0:30');
	expect(countdown(90)).toBe('1:30');
	expect(countdown(-3)).toBe('0:00');
});

test('a wait that began in the future is no wait', () => {
	expect(secsBetween('2026-03-10T12:00:05Z', NOW)).toBe(0);
	expect(secsBetween('2026-03-10T11:59:30Z', NOW)).toBe(30);
});

test('lengths are set in the largest unit that is whole', () => {
	expect(splitSecs(86_400)).toEqual({ amount: 1, unit: 'd' });
	expect(splitSecs(5400)).toEqual({ amount: 90, unit: 'm' });
	expect(splitSecs(0)).toEqual({ amount: 0, unit: 's' });
});

test('a length is said in words', () => {
	expect(lasting(300, 'en-GB')).toBe('5 mins');
	expect(lasting(86_400, 'en-GB')).toBe('1 day');
	expect(lasting(30 * 86_400, 'en-GB')).toBe('30 days');
	expect(lasting(86_400, 'zh-CN')).toBe('1天');
	expect(about(119, 'en-GB')).toBe('119 secs');
	expect(about(11_540, 'en-GB')).toBe('3 hrs');
	expect(about(200_000, 'en-GB')).toBe('2 days');
});

test.each([
	['2026-03-02', 'Asia/Kolkata', '2026-03-01T18:30:00.000Z'],
	['2026-03-02', 'UTC', '2026-03-02T00:00:00.000Z'],
	// The clocks go forward at two in the morning of that day, and back in November.
	['2026-03-08', 'America/New_York', '2026-03-08T05:00:00.000Z'],
	['2026-03-09', 'America/New_York', '2026-03-09T04:00:00.000Z'],
	['2026-11-02', 'America/New_York', '2026-11-02T05:00:00.000Z'],
	['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z'],
	['2026-03-30', 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
	// The clocks jump over midnight: the day begins at one.
	['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
	['2018-11-05', 'America/Sao_Paulo', '2018-11-05T02:00:00.000Z'],
	['2022-03-27', 'Asia/Beirut', '2022-03-26T22:00:00.000Z'],
	// The clocks go back to midnight: the day begins the first time.
	['2021-10-29', 'Asia/Amman', '2021-10-28T21:00:00.000Z']
])('%s in %s begins at %s', (day, zone, at) => expect(dayStart(day, zone)).toBe(at));

test('a day is followed by the next', () => {
	expect(dayAfter('2026-02-28')).toBe('2026-03-01');
});

test.each([
	['2026-02-28', true],
	['2026-02-30', false],
	['2026-99-99', false],
	['yesterday', false],
	['2026-2-3', false],
	['', false]
])('whether %s is a day: %s', (text, is) => expect(isDay(text)).toBe(is));

test('a span of days begins and ends at midnight; what is no day bounds nothing', () => {
	expect(span({ from: '2026-03-02', to: '2026-03-02' }, 'Asia/Kolkata')).toEqual({
		from: '2026-03-01T18:30:00.000Z',
		to: '2026-03-02T18:30:00.000Z'
	});
	const days = spanFrom(new URLSearchParams('from=soon&to=2026-03-02'));
	expect(days).toEqual({ from: '', to: '2026-03-02' });
	expect(span({ from: '', to: '' }, 'UTC')).toEqual({ from: '', to: '' });
});

describe('a time by the clocks of another zone', () => {
	test.each([
		['2026-03-11T10:00', 'Asia/Kolkata', '2026-03-11T04:30:00.000Z'],
		['2026-03-11T10:00', 'Asia/Shanghai', '2026-03-11T02:00:00.000Z'],
		['2026-07-01T10:00', 'America/New_York', '2026-07-01T14:00:00.000Z'],
		// Shown twice: the first is meant.
		['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
		// Never shown: an hour later by the clocks.
		['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z']
	])('%s in %s', (local, zone, at) => expect(atClock(local, zone).toISOString()).toBe(at));

	test('is shown as a field for it takes it', () => {
		const at = new Date('2026-03-10T19:05:59Z');
		expect(clockInput(at, 'Asia/Kolkata')).toBe('2026-03-11T00:35');
		expect(atClock(clockInput(at, 'Asia/Kolkata'), 'Asia/Kolkata')).toEqual(
			new Date('2026-03-10T19:05:00Z')
		);
	});
});
