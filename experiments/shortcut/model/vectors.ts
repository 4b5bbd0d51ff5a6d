/** Vectors in double precision. */

export function dot(x: Float64Array, y: Float64Array): number {
  let total = 0;
  for (let index = 0; index < x.length; index++) total += (x[index] as number) * (y[index] as number);
  return total;
}

export function sum(x: Float64Array): number {
  let total = 0;
  for (const value of x) total += value;
  return total;
}

/** Scales `x` to length 1, in place. */
export function normalise(x: Float64Array): Float64Array {
  const length = Math.sqrt(dot(x, x));
  for (let index = 0; index < x.length; index++) x[index] = (x[index] as number) / length;
  return x;
}

/** Adds `factor` times `y` to `x`, in place. */
export function addScaled(x: Float64Array, factor: number, y: Float64Array): void {
  for (let index = 0; index < x.length; index++) x[index] = (x[index] as number) + factor * (y[index] as number);
}

/** Angle between vectors of length 1, exact also near 0 and pi, where the arc cosine loses half of its digits (Kahan). */
export function angleBetween(x: Float64Array, y: Float64Array): number {
  let difference = 0;
  let total = 0;
  for (let index = 0; index < x.length; index++) {
    difference += ((x[index] as number) - (y[index] as number)) ** 2;
    total += ((x[index] as number) + (y[index] as number)) ** 2;
  }
  return 2 * Math.atan2(Math.sqrt(difference), Math.sqrt(total));
}
