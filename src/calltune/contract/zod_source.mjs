// Reads the Zod schemas that a module exports: node zod_source.mjs MODULE RESULT [NAME,...]
// Runs the module. Writes to the file RESULT {"tools": [...], "left": [...]} or {"error": {"kind", "message", ...}}.
// What the module prints goes nowhere near the result.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [, , given, result, wanted = ""] = process.argv;
const file = resolve(given);
const require = createRequire(file);
const MOST_BYTES = 16 << 20;
const left = [];

const SCHEMAS = { parameters: ["parameters", "inputSchema", "input_schema"], returns: ["returns", "outputSchema", "output_schema"] };
const FACTS = ["effect", "idempotent", "timeout_s"];
const CHECKS = new Set([
  "greater_than", "less_than", "multiple_of", "number_format", "min_length", "max_length", "length_equals", "string_format",
]);
const DEMANDS = new Set([
  "type", "enum", "const", "format", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum",
  "exclusiveMaximum", "multipleOf", "items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems", "properties",
  "required", "additionalProperties", "unevaluatedProperties", "patternProperties", "propertyNames", "minProperties",
  "maxProperties", "dependentRequired", "dependentSchemas", "anyOf", "oneOf", "allOf", "not", "if",
]);
const ANYTHING = "JSON has no such value; the contract takes any.";
const UNREPRESENTABLE = {
  ...Object.fromEntries(["bigint", "symbol", "undefined", "void", "date", "map", "set", "nan", "function"].map((type) => [type, ANYTHING])),
  custom: "What the function checks is not known; the contract takes any value.",
  transform: "What goes in is not known; the contract takes any value.",
  file: "The contract sees text.",
  promise: "The contract sees what is promised.",
  catch: "Zod replaces what does not fit; the contract refuses it.",
};
class Fault extends Error {
  constructor(kind, message, more = {}) {
    super(message);
    this.answer = { kind, message, ...more };
  }
}

const isZod4 = (value) => value?._zod?.def !== undefined;
const isZod3 = (value) => value?._def !== undefined && !isZod4(value) && typeof value.safeParse === "function";
const isZod = (value) => isZod4(value) || isZod3(value);
const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value) && !isZod(value);
const hasSchema = (value) => Object.values(SCHEMAS).flat().some((key) => value[key] !== undefined && value[key] !== null);
const isEntry = (value) =>
  isRecord(value) && (hasSchema(value) || isRecord(value.function) || typeof value.execute === "function");

function isZodObject(schema) {
  if (isZod3(schema)) return schema._def.typeName === "ZodObject" || (schema._def.schema && isZodObject(schema._def.schema));
  const { type, in: input, out, innerType, getter } = schema._zod.def;
  if (type === "pipe") return isZodObject(input._zod.def.type === "transform" ? out : input);
  if (type === "lazy") return isZodObject(getter());
  return type === "object" || (innerType !== undefined && isZodObject(innerType));
}

/** The folder of a package that the user's module would import. */
function packageFolder(name) {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "node_modules", name, "package.json"))) return join(folder, "node_modules", name);
    if (folder === dirname(folder)) return undefined;
  }
}

/** A package as the user's module has it: an ES module has another copy of it than a CommonJS module. */
async function load(name, path = ".") {
  const folder = packageFolder(name);
  if (folder === undefined) return undefined;
  if (extname(file) === ".cjs") return require(join(name, path));
  const { exports = {}, module } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  let target = exports[path]?.import ?? (path === "." ? module : undefined);
  while (typeof target === "object" && target !== null) target = target.default ?? target.import;
  return target === undefined ? require(join(name, path)) : import(pathToFileURL(join(folder, target)));
}

async function zod4() {
  for (const path of [".", "./v4"]) {
    const found = await load("zod", path).catch(() => undefined);
    if (typeof found?.toJSONSchema === "function") return found;
    if (typeof found?.z?.toJSONSchema === "function") return found.z;
  }
  throw new Fault("zod", "the package zod is not found from the module, or it is older than 4");
}

/** A schema as JSON Schema; what that cannot say goes to `left`. */
async function toJSON(schema, tool, part, io) {
  if (typeof schema?.jsonSchema === "object") schema = await schema.jsonSchema;
  if (isRecord(schema) && Object.keys(schema).length > 0 && Object.values(schema).every(isZod)) {
    const shape = schema;
    const library = Object.values(shape).every(isZod4) ? await zod4() : await load("zod");
    schema = (library.object ?? library.z.object)(shape);
  }
  if (isZod4(schema)) return fromZod4(schema, tool, part, io);
  if (isZod3(schema)) return fromZod3(schema, tool, part, io);
  if (schema?.["~standard"] !== undefined && schema.type === undefined) {
    throw new Fault("schema", `${tool}: ${part} is a schema of ${schema["~standard"].vendor}, not of Zod`);
  }
  return schema;
}

async function fromZod4(schema, tool, part, io) {
  const notes = new Map();
  const said = new Set();
  const override = ({ zodSchema, jsonSchema, path = [] }) => {
    const where = pointer(part, path);
    const note = (what, why) => notes.set(`${where} ${what}`, { tool, where, what, why });
    const { def } = zodSchema._zod;
    if (Object.keys(library.globalRegistry.get(zodSchema) ?? {}).some((key) => DEMANDS.has(key))) said.add(where);
    if (UNREPRESENTABLE[def.type] && !(def.type === "transform" && path.length > 0)) note(def.type, UNREPRESENTABLE[def.type]);
    if (def.type === "pipe") {
      const word = def.in._zod.def.type === "transform" ? "preprocess" : def.transform ? "codec" : "transform";
      if (word !== "transform" || def.out._zod.def.type === "transform") note(word, "The contract sees the value before it is changed.");
    }
    // the pattern of these says what the format says
    if (["date", "ipv4"].includes(def.format) && jsonSchema.pattern === def.pattern?.source) delete jsonSchema.pattern;
    if (def.coerce) note("coerce", `The contract takes what is ${jsonSchema.type ?? "there"} already, and changes nothing.`);
    for (const check of def.checks ?? []) look(check._zod.def, jsonSchema, note);
  };
  const library = await zod4();
  const options = { io, unrepresentable: "any", override };
  const json = typeof schema.toJSONSchema === "function" ? schema.toJSONSchema(options) : library.toJSONSchema(schema, options);
  if (unbounded(json)) left.push({ tool, where: `/${part}`, what: "integers beyond 2^53", why: "Zod refuses them; the contract takes 64 bits." });
  for (const found of notes.values()) if (found.what !== "refine" || !said.has(found.where)) left.push(found);
  return json;
}

/** Takes away the bounds that z.int() has by itself; whether there were any. */
function unbounded(json) {
  if (typeof json !== "object" || json === null) return false;
  let found = false;
  for (const [key, bound] of [["minimum", Number.MIN_SAFE_INTEGER], ["maximum", Number.MAX_SAFE_INTEGER]]) {
    if (json.type !== "integer" || json[key] !== bound) continue;
    delete json[key];
    found = true;
  }
  return Object.values(json).map(unbounded).includes(true) || found;
}

function look({ check, pattern, format }, json, note) {
  if (check === "custom") note("refine", "What the function checks is not known; say it in .meta() as JSON Schema.");
  else if (check === "overwrite") note("overwrite", "The contract sees the value before it is changed.");
  else if (!CHECKS.has(check)) note(check ?? "check", "JSON Schema has no word for it.");
  const flags = pattern?.flags.replace(/[dguvy]/g, "");
  if (!flags || format !== "regex") return;
  note("flags of a pattern", `JSON Schema has no ${flags}; the pattern is left out.`);
  if (json.pattern === pattern.source) delete json.pattern;
  json.allOf = json.allOf?.filter((one) => one.pattern !== pattern.source);
  if (!json.allOf?.length) delete json.allOf;
}

async function fromZod3(schema, tool, part, io) {
  const found = await load("zod-to-json-schema").catch(() => undefined);
  if (found === undefined) {
    throw new Fault("zod3", "these are schemas of Zod 3, which has no JSON Schema of its own");
  }
  const seen = new Set();
  const walk = (value) => {
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    const kind = value._def?.typeName?.slice(3).toLowerCase();
    const effect = kind === "effects" ? (value._def.effect.type === "refinement" ? "refine" : value._def.effect.type) : kind;
    const why = { refine: "What the function checks is not known.", transform: "The contract sees the value before it is changed.", preprocess: "The contract sees the value before it is changed." }[effect];
    if (effect !== undefined && (why ?? UNREPRESENTABLE[effect])) left.push({ tool, where: `/${part}`, what: effect, why: why ?? "JSON has no such value; the contract has what zod-to-json-schema puts in its place." });
    if (value._def?.coerce) left.push({ tool, where: `/${part}`, what: "coerce", why: "The contract changes nothing." });
    if (value._def) {
      for (const inner of Object.values(value._def)) walk(inner);
      if (kind === "object") walk(value.shape);
    } else {
      for (const inner of Object.values(value)) walk(inner);
    }
  };
  walk(schema);
  return (found.zodToJsonSchema ?? found.default)(schema, { target: "jsonSchema7", pipeStrategy: io, $refStrategy: "root" });
}

const pointer = (part, path) => `/${[part, ...path].map((key) => `${key}`.replace(/~/g, "~0").replace(/\//g, "~1")).join("/")}`;

/** One tool as Python reads it. */
async function asTool(entry, name) {
  const inner = isRecord(entry.function) ? entry.function : entry;
  const tool = { name: inner.name ?? entry.id ?? name };
  for (const [key, value] of Object.entries(inner)) {
    if (["string", "number", "boolean"].includes(typeof value) || key === "annotations") tool[key] = value;
  }
  for (const key of FACTS) if (entry[key] !== undefined) tool[key] = entry[key];
  for (const [field, keys] of Object.entries(SCHEMAS)) {
    const key = keys.find((one) => inner[one] !== undefined && inner[one] !== null);
    if (key === undefined) continue;
    const made = await toJSON(inner[key], `${tool.name}`, field, field === "returns" ? "output" : "input");
    const json = isRecord(made) ? { ...made } : made;
    if (isRecord(json)) delete json.$schema;
    if (field === "parameters" && isRecord(json)) own(json, tool);
    tool[field] = json;
  }
  return tool;
}

/** What the root of the arguments says of the tool itself. */
function own(json, tool) {
  const root = typeof json.$ref === "string" && json.$defs ? (json.$defs[json.$ref.slice("#/$defs/".length)] ?? json) : json;
  for (const key of ["description", ...FACTS]) {
    if (root[key] === undefined) continue;
    if (tool[key] === undefined || tool[key] === "") tool[key] = root[key];
    if (tool[key] === root[key]) delete root[key];
  }
}

async function importModule() {
  const url = pathToFileURL(file);
  try {
    return await import(url);
  } catch (error) {
    const typescript = ["ERR_UNKNOWN_FILE_EXTENSION", "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX"].includes(error?.code);
    if (!typescript) throw error;
    const { register } = (await load("tsx", "./esm/api").catch(() => undefined)) ?? {};
    if (register === undefined) throw new Fault("typescript", `Node ${process.versions.node} does not run this TypeScript`);
    register();
    return import(`${url}?again`); // Node remembers that it could not
  }
}

/** The exports that are asked for, the default one last: it often holds the others again. */
function exportsOf(namespace) {
  const names = Object.keys(namespace).filter((name) => name !== "default" && name !== "module.exports");
  if ("default" in namespace) names.push("default");
  if (!wanted) return names.map((name) => [name, namespace[name]]);
  return wanted.split(",").map((part) => {
    const name = part.trim();
    if (!(name in namespace)) throw new Fault("name", `it exports no ${JSON.stringify(name)}`, { names });
    return [name, namespace[name]];
  });
}

/** Tools that are described, by what they are, so that what is exported twice is one tool; and schemas that stand alone. */
function found(exported) {
  const entries = new Map();
  const alone = new Map();
  const take = (key, entry, name) => entries.has(key) || entries.set(key, { entry, name });
  for (const [name, value] of exported) {
    if (isZod(value)) alone.set(value, name === "default" ? basename(file, extname(file)) : name);
    else if (isEntry(value)) take(value, value, name === "default" ? basename(file, extname(file)) : name);
    else if (Array.isArray(value)) for (const item of value.filter(isEntry)) take(item, item, undefined);
    else if (isRecord(value)) {
      const items = Object.entries(value);
      if (items.some(([, item]) => isEntry(item))) {
        for (const [key, item] of items) if (isEntry(item)) take(item, item, key);
      } else if (items.every(([, item]) => isZod(item) && isZodObject(item))) {
        for (const [key, item] of items) take(item, { parameters: item }, key);
      }
    }
  }
  return { entries, alone };
}

/** Schemas that stand alone are tools where nothing is described; what is none is listed. */
function settle({ entries, alone }) {
  const parts = new Set([...entries.values()].flatMap(({ entry }) => Object.values(SCHEMAS).flat().map((key) => entry[key])));
  const described = entries.size > 0;
  for (const [schema, name] of alone) {
    if (parts.has(schema)) continue;
    const why = described ? "A schema beside tools that are described; it is taken for a part of them." : "The arguments of a tool are an object; this is none.";
    if (!described && isZodObject(schema)) entries.set(schema, { entry: { parameters: schema }, name });
    else left.push({ tool: "", where: name, what: "export", why });
  }
  return [...entries.values()];
}

async function read() {
  const exported = exportsOf(await importModule());
  const entries = settle(found(exported));
  if (entries.length === 0) throw new Fault("empty", "it exports no tool", { names: exported.map(([name]) => name) });
  const tools = [];
  for (const { entry, name } of entries) tools.push(await asTool(entry, name));
  return { tools, left };
}

let answer;
try {
  answer = await read();
} catch (error) {
  answer = { error: error?.answer ?? { kind: "module", message: `${error?.name ?? "Error"}: ${error?.message ?? error}`.slice(0, 2000), at: `${error?.stack ?? ""}`.slice(0, 4000) } };
}
let text;
try {
  text = JSON.stringify(answer);
} catch (error) {
  text = JSON.stringify({ error: { kind: "module", message: `the schemas are no JSON: ${error.message}` } });
}
if (Buffer.byteLength(text) > MOST_BYTES) text = JSON.stringify({ error: { kind: "module", message: "the schemas are larger than 16 MiB" } });
writeFileSync(result, text);
process.exit(0);
