import { InvalidInputError } from '@plimsoll/domain'
import type { CapsConfig } from './CapsConfig.ts'

const KEYS: readonly (keyof CapsConfig)[] = [
  'participationBps',
  'depthShareBps',
  'perpNotionalUsd',
  'bypassHealth',
  'bypassDepthShareBps',
]

/**
 * Checks the limits of the caps governor.
 *
 * @throws {@link InvalidInputError} on an unknown, missing or misspelt key and a value out of range.
 */
export function parseCapsConfig(input: unknown): CapsConfig {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new InvalidInputError({ field: 'governor', found: input, allowed: 'an object' })
  const fields = new Map<string, unknown>(Object.entries(input))
  for (const key of fields.keys())
    if (!KEYS.some((known) => known === key))
      throw new InvalidInputError({ field: 'governor key', found: key, allowed: KEYS.join(', ') })
  const number = (key: keyof CapsConfig, from: number, to: number): number => {
    const found = fields.get(key)
    if (typeof found !== 'number' || !(found >= from && found <= to))
      throw new InvalidInputError({
        field: `governor.${key}`,
        found,
        allowed: `a number from ${from} to ${to}`,
      })
    return found
  }
  const depthShareBps = number('depthShareBps', 0, 10_000)
  return {
    participationBps: number('participationBps', 0, 10_000),
    depthShareBps,
    perpNotionalUsd: number('perpNotionalUsd', 0, 1e12),
    bypassHealth: number('bypassHealth', 0, 2),
    bypassDepthShareBps: number('bypassDepthShareBps', depthShareBps, 10_000),
  }
}
