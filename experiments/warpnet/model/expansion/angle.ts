/** The angle between two vectors, degrees from 0 to 180: exactly 0 for equal ones, which the arc cosine of a rounded cosine is not. */
export function angle(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  const [sizeA, sizeB] = [size(a), size(b)];
  if (sizeA === 0 || sizeB === 0) return Number.NaN;
  let difference = 0;
  let sum = 0;
  for (const [part, values] of a.entries()) {
    const others = b[part];
    if (others?.length !== values.length) throw new Error('Internal error: vectors of different lengths');
    for (let index = 0; index < values.length; index++) {
      const [u, v] = [(values[index] ?? 0) / sizeA, (others[index] ?? 0) / sizeB];
      difference += (u - v) ** 2;
      sum += (u + v) ** 2;
    }
  }
  return (360 / Math.PI) * Math.atan2(Math.sqrt(difference), Math.sqrt(sum));
}

function size(vector: readonly Float32Array[]): number {
  let squares = 0;
  for (const part of vector) for (const value of part) squares += value * value;
  return Math.sqrt(squares);
}
