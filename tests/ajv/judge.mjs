// Reads lines of JSON: {"schemas": {name: schema}} first, then {"name": ..., "arguments": ...}.
// Writes true or false for each call: whether Ajv accepts it; "raised" where it falls over (a key named toString).
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { createInterface } from "node:readline";

const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: true });
addFormats(ajv);
let validators;
for await (const line of createInterface({ input: process.stdin })) {
  const data = JSON.parse(line);
  if (!validators) {
    validators = Object.fromEntries(Object.entries(data.schemas).map(([name, schema]) => [name, ajv.compile(schema)]));
    continue;
  }
  let verdict = "raised";
  try {
    verdict = validators[data.name](data.arguments);
  } catch {}
  process.stdout.write(`${verdict}\n`);
}
