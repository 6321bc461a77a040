// Reads lines of JSON, {"name": ..., "arguments": ...}; MODULE is what `calltune tools --as zod` wrote.
// Writes true or false for each call: whether the tool's schema in MODULE accepts the arguments.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const { tools } = await import(pathToFileURL(process.argv[2]));
for await (const line of createInterface({ input: process.stdin })) {
  const call = JSON.parse(line);
  process.stdout.write(`${tools[call.name].parameters.safeParse(call.arguments).success}\n`);
}
