//! The little Markdown of a script: paragraphs, lists, bold, italic, links. It becomes data that
//! components draw, so nothing that a supervisor or a contact wrote is ever read as HTML. A whole
//! Markdown library needs a sanitiser beside it, and both are larger than this page.

export type Inline =
	| { kind: 'text'; text: string }
	| { kind: 'variable'; name: string }
	| { kind: 'bold'; parts: Inline[] }
	| { kind: 'italic'; parts: Inline[] }
	| { kind: 'link'; href: string; parts: Inline[] };

export type Block =
	{ kind: 'paragraph'; lines: Inline[][] } | { kind: 'list'; ordered: boolean; items: Inline[][] };

/** Variables come first: what is in one is a name, whatever it looks like. */
const MARK =
	/\\([\\*_{}[\]()-])|\{([^{}\s]{1,64})\}|\*\*(?!\s)(.+?)\*\*|\*(?!\s)(.+?)\*|(?<![\p{L}\p{N}])_(?!\s)(.+?)_(?![\p{L}\p{N}])|\[([^\]]+)\]\((https:\/\/[^\s()]+)\)/u;
const ITEM = /^\s*(?:[-*•]|(\d{1,3})[.)])\s+(.*)$/;

/** Text within a paragraph; a mark that is not closed is text. */
export function inline(text: string): Inline[] {
	const parts: Inline[] = [];
	let rest = text;
	const plain = (more: string) => {
		const last = parts.at(-1);
		if (last?.kind === 'text') last.text += more;
		else if (more) parts.push({ kind: 'text', text: more });
	};
	for (let found = MARK.exec(rest); found; found = MARK.exec(rest)) {
		const [all, escaped, variable, bold, star, underscore, label, href] = found;
		plain(rest.slice(0, found.index));
		const italic = star ?? underscore;
		if (escaped) plain(escaped);
		else if (variable) parts.push({ kind: 'variable', name: variable });
		else if (bold) parts.push({ kind: 'bold', parts: inline(bold) });
		else if (italic) parts.push({ kind: 'italic', parts: inline(italic) });
		else if (label && href) parts.push({ kind: 'link', href, parts: inline(label) });
		rest = rest.slice(found.index + all.length);
	}
	plain(rest);
	return parts;
}

/** A text as paragraphs and lists; a single line break stays one. */
export function blocks(text: string): Block[] {
	const found: Block[] = [];
	let open = false;
	for (const line of text.replace(/\r\n?/g, '\n').split('\n')) {
		if (!line.trim()) {
			open = false;
			continue;
		}
		const item = ITEM.exec(line);
		const last = open ? found.at(-1) : undefined;
		open = true;
		if (item) {
			const ordered = item[1] !== undefined;
			const content = inline(item[2] ?? '');
			if (last?.kind === 'list' && last.ordered === ordered) last.items.push(content);
			else found.push({ kind: 'list', ordered, items: [content] });
		} else if (last?.kind === 'paragraph') last.lines.push(inline(line.trim()));
		else found.push({ kind: 'paragraph', lines: [inline(line.trim())] });
	}
	return found;
}
