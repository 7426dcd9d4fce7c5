//! The endpoints' part of the API, in the form of `schema.d.ts` until the document has it.

import type { components } from './schema';

type Time = components['schemas']['Time'];

export interface EndpointSchemas {
	/** Something one can be told of. */
	Topic:
		| 'item.assigned'
		| 'item.completed'
		| 'item.reassigned'
		| 'agent.status_changed'
		| 'sla.breached';
	/** Somebody who is told over HTTP of what happens. */
	Endpoint: {
		id: number;
		name: string;
		url: string;
		topics: EndpointSchemas['Topic'][];
		active: boolean;
		/** Why it was switched off by itself. */
		disabled_for: string | null;
		disabled_at: Time | null;
		/** Failures in a row, and since when. */
		failures: number;
		failing_since: Time | null;
		/** Until when the key before the last rotation signs too. */
		old_secret_until: Time | null;
		created_at: Time;
		/** The signing key: shown in the answer that made it, never again. */
		secret?: string | null;
	};
	/** What can be set on an endpoint; what is absent stays as it is. */
	EndpointChange: {
		name?: string | null;
		url?: string | null;
		topics?: EndpointSchemas['Topic'][] | null;
		secret?: string | null;
		active?: boolean | null;
	};
	/** How a signing key is rotated. */
	KeyRotation: { keep_secs?: number | null; secret?: string | null };
	/** What came of a test. */
	Pinged: { delivered: boolean; status: number | null; problem: string | null };
	DeliveryState: 'waiting' | 'delivered' | 'failed';
	/** One message to an endpoint. */
	Delivery: {
		id: number;
		/** The event that is told of. */
		seq: number;
		topic: string;
		/** Whom or what it is about, such as `item:7`. */
		object: string;
		state: EndpointSchemas['DeliveryState'];
		attempts: number;
		/** The next attempt, while it waits. */
		due_at: Time | null;
		status: number | null;
		problem: string | null;
		settled_at: Time | null;
		/** What would be sent now; only of a single delivery. */
		body?: Record<string, never> | null;
	};
	/** How many are sent again. */
	SentAgain: { deliveries: number };
}

interface Json<T> {
	content: { 'application/json': T };
}
interface Asked<Parameters, Answer> {
	parameters: Parameters;
	requestBody?: never;
	responses: { 200: Json<Answer> };
}
interface Given<Parameters, Body, Answer> {
	parameters: Parameters;
	requestBody: Json<Body>;
	responses: { 200: Json<Answer> };
}
interface Paging {
	limit?: number;
	cursor?: string;
}
interface PageOf<T> {
	items: T[];
	next_cursor: string | null;
}
interface None {
	path?: never;
}
interface One {
	path: { id: number };
}
interface OneOf {
	path: { id: number; delivery: number };
}
type Schemas = EndpointSchemas;

export interface EndpointPaths {
	'/api/v1/endpoints': {
		get: Asked<{ query?: Paging }, PageOf<Schemas['Endpoint']>>;
		post: Given<None, Schemas['EndpointChange'], Schemas['Endpoint']>;
	};
	'/api/v1/endpoints/{id}': {
		get: Asked<One, Schemas['Endpoint']>;
		patch: Given<One, Schemas['EndpointChange'], Schemas['Endpoint']>;
		delete: Asked<One, never>;
	};
	'/api/v1/endpoints/{id}/rotate-secret': {
		post: Given<One, Schemas['KeyRotation'], Schemas['Endpoint']>;
	};
	'/api/v1/endpoints/{id}/ping': { post: Asked<One, Schemas['Pinged']> };
	'/api/v1/endpoints/{id}/send-failed': { post: Asked<One, Schemas['SentAgain']> };
	'/api/v1/endpoints/{id}/deliveries': {
		get: Asked<
			One & { query?: Paging & { state?: Schemas['DeliveryState'] } },
			PageOf<Schemas['Delivery']>
		>;
	};
	'/api/v1/endpoints/{id}/deliveries/{delivery}': { get: Asked<OneOf, Schemas['Delivery']> };
	'/api/v1/endpoints/{id}/deliveries/{delivery}/send': {
		post: Asked<OneOf, Schemas['Delivery']>;
	};
}
