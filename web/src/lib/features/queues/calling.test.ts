import { expect, test } from 'vitest';
import { callingHours } from './calling';

test('the suggestion follows the country', () => {
	expect(callingHours('US')).toEqual({ from: '08:00', to: '21:00' });
	expect(callingHours('IN')).toEqual({ from: '09:00', to: '21:00' });
	expect(callingHours('FR').from).toBe('09:00');
});
