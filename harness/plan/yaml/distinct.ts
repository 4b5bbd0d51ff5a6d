/** Lists in which a value stands once: a seed or an axis value that is there twice would count one training as two. */
import { z } from 'zod';

/** A list without equal values. What is wrong is the second of two, at its own place. */
export const distinct = <Item extends z.ZodType>(item: Item): z.ZodArray<Item> =>
  z
    .array(item)
    .superRefine((values, context) => {
      const before = new Set<unknown>();
      for (const [index, value] of values.entries()) {
        if (before.has(value))
          context.addIssue({ code: 'custom', path: [index], message: `${String(value)} is here twice` });
        before.add(value);
      }
    })
    .meta({ uniqueItems: true });
