/** Smallest of several amounts: what `Math.min` is for numbers. */
export function least(first: bigint, ...others: readonly bigint[]): bigint {
  let smallest = first
  for (const other of others) if (other < smallest) smallest = other
  return smallest
}
