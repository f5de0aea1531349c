/**
 * A number in [−1, 1) that belongs to an agent and a purpose: the same on every machine and after every restart.
 *
 * FNV-1a over the text, mixed once more so that like names lie far apart.
 */
export function ditherOf(seed: number, agent: string, purpose: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0
  for (const letter of `${agent}\u0000${purpose}`)
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) >>> 0
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) >>> 0
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 31 - 1
}

/** Largest shift of a trigger, as a share of its health. */
export const DITHER = 0.02

/**
 * Moves a trigger by up to ±2 % per agent, so that a fleet with one configuration does not act at one price.
 *
 * @param floor - The trigger never gets below: a dither may not take the safety that the threshold was set for.
 * @see RISK.md F5, H4
 */
export const ditherTrigger = (p: {
  readonly trigger: number
  readonly floor: number
  readonly seed: number
  readonly agent: string
}): number => Math.max(p.floor, p.trigger * (1 + DITHER * ditherOf(p.seed, p.agent, 'trigger')))

/**
 * Spreads the targets of a fleet evenly over a band of health, by a place of each agent that all can compute alone.
 *
 * @param band - Lowest and highest target.
 */
export const spreadTarget = (p: {
  readonly band: readonly [low: number, high: number]
  readonly seed: number
  readonly agent: string
}): number => {
  const [low, high] = p.band
  return low + ((ditherOf(p.seed, p.agent, 'target') + 1) / 2) * (high - low)
}
