// The tools of a shop, as an agent in TypeScript has them: calltune tools examples/zod/tools.mjs --out tools.json
import { z } from "zod";

const OrderNumber = z.string().regex(/^[A-Z]{2}-\d{6}$/).describe("as printed on the invoice");

export const find_order = {
  description: "Look up an order by its number.",
  inputSchema: z.object({ order: OrderNumber }),
  outputSchema: z.object({ status: z.enum(["packed", "sent", "delivered"]), total: z.number() }),
  effect: "read",
};

export const return_item = {
  description: "Register the return of an item.",
  inputSchema: z
    .object({
      order: OrderNumber,
      item: z.int().min(1).max(99).describe("line of the order"),
      reason: z.enum(["broken", "wrong", "unwanted"]),
      pickup: z.iso.date().optional().describe("day on which it is fetched"),
      note: z.string().trim().max(200).optional(),
    })
    .refine((call) => call.reason !== "unwanted" || call.pickup === undefined, "unwanted items are sent, not fetched"),
};
