"use strict";
// Draws the OpenAPI document. Everything is put in as text, never as HTML.
const el = (name, props, ...children) => {
  const node = Object.assign(document.createElement(name), props);
  node.append(...children.filter((c) => c !== null && c !== undefined));
  return node;
};
const nameOf = (ref) => ref.split("/").pop();
let doc;

// An example of a schema, a few levels deep.
function example(schema, depth = 0) {
  if (!schema) return null;
  if (schema.$ref) return depth > 6 ? nameOf(schema.$ref) : example(doc.components.schemas[nameOf(schema.$ref)], depth + 1);
  if (schema.example !== undefined) return schema.example;
  if (schema.examples?.length) return schema.examples[0];
  if (schema.enum) return schema.enum[0];
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((s) => example(s, depth + 1)));
  const any = schema.oneOf ?? schema.anyOf;
  if (any) return example(any.find((s) => s.type !== "null") ?? any[0], depth + 1);
  const type = Array.isArray(schema.type) ? schema.type.find((t) => t !== "null") : schema.type;
  switch (type) {
    case "object": {
      if (depth > 6) return {};
      const out = {};
      for (const [name, s] of Object.entries(schema.properties ?? {})) out[name] = example(s, depth + 1);
      if (!schema.properties && schema.additionalProperties) out.name = example(schema.additionalProperties, depth + 1);
      return out;
    }
    case "array": return depth > 6 ? [] : [example(schema.items, depth + 1)];
    case "integer": return 1;
    case "number": return 1.5;
    case "boolean": return true;
    case "string": return schema.format === "date-time" ? "2026-01-31T09:30:00.000Z" : "text";
    default: return null;
  }
}

function fields(schema) {
  let found = schema;
  while (found?.$ref) found = doc.components.schemas[nameOf(found.$ref)];
  if (!found?.properties) return null;
  const rows = Object.entries(found.properties).map(([name, s]) => {
    const required = found.required?.includes(name) ? " (required)" : "";
    const text = s.description ?? (s.$ref ? doc.components.schemas[nameOf(s.$ref)]?.description : "") ?? "";
    return el("tr", {}, el("td", {}, el("code", { textContent: name })), el("td", { textContent: text + required }));
  });
  return el("table", {}, el("tbody", {}, ...rows));
}

function content(title, media) {
  const schema = media?.schema;
  if (!schema) return [];
  return [el("h3", { textContent: title }), fields(schema), el("pre", { textContent: JSON.stringify(example(schema), null, 2) })];
}

function operation(method, path, op) {
  const id = `${method}-${path}`;
  const body = el("div", { className: "body" }, el("p", { textContent: op.description ?? op.summary ?? "" }));
  const parameters = op.parameters ?? [];
  if (parameters.length) {
    const rows = parameters.map((p) => el("tr", {}, el("td", {}, el("code", { textContent: p.name })), el("td", { textContent: p.in }), el("td", { textContent: p.description ?? "" })));
    body.append(el("h3", { textContent: "Parameters" }), el("table", {}, el("tbody", {}, ...rows)));
  }
  for (const [type, media] of Object.entries(op.requestBody?.content ?? {})) body.append(...content(`Body (${type})`, media));
  for (const [status, response] of Object.entries(op.responses ?? {})) {
    if (status === "default") continue;
    const media = Object.values(response.content ?? {})[0];
    body.append(...(media ? content(`Answer ${status}`, media) : [el("h3", { textContent: `Answer ${status}` }), el("p", { textContent: response.description })]));
  }
  const summary = el("summary", {}, el("span", { className: "method", textContent: method.toUpperCase() }), el("code", { textContent: path }), el("span", { className: "text", textContent: op.summary ?? "" }));
  return el("details", { id }, summary, body);
}

function draw(filter) {
  const list = document.getElementById("list");
  const main = document.getElementById("operations");
  list.replaceChildren();
  main.replaceChildren();
  const tags = new Map();
  for (const [path, methods] of Object.entries(doc.paths)) {
    for (const [method, op] of Object.entries(methods)) {
      if (!op.responses) continue;
      if (filter && !`${method} ${path} ${op.summary ?? ""}`.toLowerCase().includes(filter)) continue;
      const tag = op.tags?.[0] ?? "other";
      if (!tags.has(tag)) tags.set(tag, []);
      tags.get(tag).push([method, path, op]);
    }
  }
  for (const [tag, operations] of tags) {
    list.append(el("h2", { textContent: tag }));
    main.append(el("h2", { className: "tag", textContent: tag }));
    for (const [method, path, op] of operations) {
      const node = operation(method, path, op);
      main.append(node);
      list.append(el("a", { href: `#${encodeURIComponent(node.id)}`, textContent: `${method.toUpperCase()} ${path.replace("/api/v1", "")}`, onclick: () => { node.open = true; } }));
    }
  }
}

fetch("/api/v1/openapi.json")
  .then((response) => response.json())
  .then((json) => {
    doc = json;
    document.getElementById("about").textContent = doc.info.description ?? "";
    draw("");
    document.getElementById("find").oninput = (event) => draw(event.target.value.toLowerCase());
  })
  .catch(() => { document.getElementById("about").textContent = "The document could not be loaded."; });
