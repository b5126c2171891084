import type { Ci, CiClass, ClassDetail } from "../src/api/types";
import { classes } from "./classes.ts";
import { needs, permissionsOf } from "./guard.ts";
import { Refusal, type Answer, type Request } from "./http.ts";

type Attribute = CiClass["attributes"][number];
type Rules = Attribute["rules"];

/** What administrators said of the rules, by class and attribute. */
const ownRules = new Map<string, Record<string, Rules>>();

const refuse = (field: string, code: string, limit?: number): never => {
  throw new Refusal(422, "validation_failed", "Validation failed", [{ field, code, ...(limit ? { limit } : {}) }]);
};

function found(request: Request): CiClass {
  const one = classes.find((known) => known.name === request.params["name"]);
  if (!one) throw new Refusal(404, "not_found", "No such class");
  return one;
}

function changed(request: Request): CiClass {
  needs(request, "register.configure");
  const one = found(request);
  if (request.headers["if-match"] !== `"v${one.version}"`) throw new Refusal(412, "stale", "The record has changed");
  return one;
}

function detail(request: Request, one: CiClass): Answer {
  const configures = permissionsOf(request).includes("register.configure");
  const verdict = (action: string, reason?: string) => ({ action, allowed: configures && !reason, ...(!configures ? { reason: "needs_permission" } : reason ? { reason } : {}) });
  const shipped = one.origin === "shipped" ? "shipped" : undefined;
  const attribute_actions = Object.fromEntries(
    one.attributes.map((attribute) => {
      const inherited = attribute.inherited_from ? "inherited" : undefined;
      const fixed = inherited ?? (attribute.origin === "shipped" ? "shipped" : undefined);
      return [attribute.name, [verdict("constrain"), verdict("relabel", inherited), verdict("edit", fixed), verdict("retype", fixed), verdict("delete", fixed)]];
    }),
  );
  const below = classes.some((other) => other.parent === one.name) ? "has_subclasses" : one.count > 0 ? "has_items" : undefined;
  const allowed_actions = [verdict("relabel"), verdict("edit", shipped), verdict("add_attribute"), verdict("add_subclass"), verdict("delete", shipped ?? below)];
  const body = { ...one, own_rules: ownRules.get(one.name) ?? {}, allowed_actions, attribute_actions } as ClassDetail;
  return { body, headers: { ETag: `"v${one.version}"` } };
}

function checkName(name: string) {
  if (!name) refuse("name", "required");
  if (!/^[a-z][a-z0-9_]*$/.test(name)) refuse("name", "invalid");
}

function checkLabel(label: { en?: string; ko?: string } | undefined) {
  if (!label?.en?.trim()) refuse("label.en", "required");
  if (!label?.ko?.trim()) refuse("label.ko", "required");
}

function create(request: Request): Answer {
  needs(request, "register.configure");
  const body = request.body as { name: string; parent: string; label: CiClass["label"]; abstract?: boolean; icon?: string; family?: string };
  checkName(body.name);
  if (classes.some((one) => one.name === body.name)) refuse("name", "taken");
  checkLabel(body.label);
  const parent = classes.find((one) => one.name === body.parent) ?? refuse("parent", "unknown");
  const attributes = parent.attributes.map((one) => ({ ...one, inherited_from: one.inherited_from ?? parent.name }));
  const made = { ...parent, ...body, icon: body.icon ?? parent.icon, family: body.family ?? parent.family, abstract: body.abstract ?? false, origin: "added", hidden: false, version: 1, attributes, count: 0 } as CiClass;
  classes.push(made);
  return { status: 201, ...detail(request, made) };
}

function edit(request: Request): Answer {
  const one = changed(request);
  const body = request.body as { label?: CiClass["label"] };
  if (body.label) checkLabel(body.label);
  Object.assign(one, body, { version: one.version + 1 });
  return detail(request, one);
}

function remove(request: Request): Answer {
  const one = changed(request);
  classes.splice(classes.indexOf(one), 1);
  return { status: 204, body: null };
}

function below(name: string): CiClass[] {
  return classes.filter((one) => one.parent === name).flatMap((one) => [one, ...below(one.name)]);
}

function addAttribute(request: Request): Answer {
  const one = changed(request);
  const body = request.body as { name: string; label: Attribute["label"]; type: string; unit?: string; values?: Attribute["values"]; target?: string; passed_on?: boolean; rules?: Rules };
  checkName(body.name);
  if (one.attributes.some((other) => other.name === body.name)) refuse("name", "taken");
  checkLabel(body.label);
  if (body.type === "reference" && !body.target) refuse("target", "required");
  if (body.rules?.patterns?.some((pattern) => pattern.regex.includes("("))) refuse("rules.patterns[0].regex", "invalid");
  const { values, ...rest } = body;
  const made = { unit: null, ...rest, ...(body.type === "enum" ? { values } : {}), rules: body.rules ?? {}, inherited_from: null, origin: "added", hidden: false, passed_on: body.passed_on ?? false } as Attribute;
  one.attributes.push(made);
  for (const other of below(one.name)) other.attributes.push({ ...made, inherited_from: one.name });
  ownRules.set(one.name, { ...ownRules.get(one.name), [body.name]: body.rules ?? {} });
  one.version += 1;
  return { status: 201, ...detail(request, one) };
}

function editAttribute(request: Request): Answer {
  const one = changed(request);
  const name = request.params["attribute"] ?? "";
  const { values, ...body } = request.body as { values?: Attribute["values"]; rules?: Rules };
  const change = { ...body, ...(values && values.length > 0 ? { values } : {}) };
  one.attributes = one.attributes.map((attribute) => (attribute.name === name ? ({ ...attribute, ...change } as Attribute) : attribute));
  if (body.rules) ownRules.set(one.name, { ...ownRules.get(one.name), [name]: body.rules });
  one.version += 1;
  return detail(request, one);
}

function removeAttribute(request: Request): Answer {
  const one = changed(request);
  for (const other of [one, ...below(one.name)]) other.attributes = other.attributes.filter((attribute) => attribute.name !== request.params["attribute"]);
  one.version += 1;
  return detail(request, one);
}

/** What the move would do: values of attributes that the other class does not have end. */
export function classChange(ci: Ci, name: string) {
  const target = classes.find((one) => one.name === name) ?? refuse("class", "unknown");
  const has = (attribute: string) => target.attributes.some((one) => one.name === attribute);
  const lost = ci.values.filter((one) => !has(one.attribute)).map(({ attribute, source, value }) => ({ attribute, source, value }));
  const needed = target.attributes.filter((one) => one.rules.required && ci.attributes[one.name] === undefined && one.name !== "name");
  return { class: name, lost, errors: needed.map((one) => ({ field: `attributes.${one.name}`, code: "required", detail: "a value is required" })) };
}

export const definitionRoutes: [string, (request: Request) => Answer][] = [
  ["GET /classes/{name}", (r) => (needs(r, "ci.read"), detail(r, found(r)))],
  ["POST /classes", create],
  ["PATCH /classes/{name}", edit],
  ["DELETE /classes/{name}", remove],
  ["POST /classes/{name}/attributes", addAttribute],
  ["PATCH /classes/{name}/attributes/{attribute}", editAttribute],
  ["DELETE /classes/{name}/attributes/{attribute}", removeAttribute],
];
