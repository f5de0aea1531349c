const STEP = 0x9e3779b9

/** A seeded stream of numbers, the same on every machine. */
export interface SeededRandom {
  /** Uniform in [low, high). */
  uniform(low: number, high: number): number
  /** Close to normal with mean 0 and deviation 1, never beyond ±6: the sum of twelve uniforms less six. */
  normal(): number
}

/** Creates a stream from a seed: a Weyl sequence put through a 32-bit finalizer. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0
  const next = () => {
    state = (state + STEP) >>> 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
  return {
    uniform: (low, high) => low + (high - low) * next(),
    normal: () => Array.from({ length: 12 }, next).reduce((sum, value) => sum + value, -6),
  }
}
