/** A seeded source of randomness. */
export type Random = {
  /** Uniform on [0, 1). */
  uniform(): number
  /** Standard normal. */
  normal(): number
  /** Student's t with four degrees of freedom; its variance is 2. */
  student4(): number
}

/**
 * Creates a source of randomness: the same seed and stream give the same numbers everywhere.
 *
 * @param stream - a number of its own for each path and purpose, so that one does not shift another.
 * @see sfc32 of PractRand; polar method of Marsaglia and Bray 1964
 */
export function createRandom(seed: number, stream: number): Random {
  let [a, b, c, counter] = [seed | 0, stream | 0, 0x9e3779b9 | 0, 1]
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return sum >>> 0
  }
  for (let i = 0; i < 16; i++) next()
  const uniform = () => ((next() >>> 5) * 0x4000000 + (next() >>> 6)) / 0x20000000000000
  let spare: number | null = null
  const normal = () => {
    if (spare !== null) {
      const kept = spare
      spare = null
      return kept
    }
    for (;;) {
      const x = 2 * uniform() - 1
      const y = 2 * uniform() - 1
      const square = x * x + y * y
      if (square >= 1 || square === 0) continue
      const scale = Math.sqrt((-2 * Math.log(square)) / square)
      spare = y * scale
      return x * scale
    }
  }
  const student4 = () => {
    const chiSquare = -2 * Math.log((1 - uniform()) * (1 - uniform()))
    return normal() / Math.sqrt(chiSquare / 4)
  }
  return { uniform, normal, student4 }
}
