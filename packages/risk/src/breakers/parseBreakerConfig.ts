import { InvalidInputError } from '@plimsoll/domain'
import { type BreakerConfig, DEFAULT_BREAKER_CONFIG } from './BreakerConfig.ts'

/**
 * Reads a configuration of circuit breakers: what is given replaces its default, at any depth.
 *
 * @throws {@link InvalidInputError} on an unknown key, a value of the wrong kind or out of range, and limits of which red
 *   comes before amber.
 */
export function parseBreakerConfig(input: unknown): BreakerConfig {
  const config = overlay('breakers', DEFAULT_BREAKER_CONFIG, input)
  const { age, sources, deviation, twap, stable, parity, markIndex, effects } = config
  within('exitShare', config.exitShare, 0, 1)
  for (const key of ['clearSeconds', 'futureSeconds', 'sequencerGraceSeconds'] as const)
    within(key, config[key], 0)
  for (const key of ['maxGapSeconds', 'forgetSeconds'] as const) positive(key, config[key])
  within('age.amberBeats', age.amberBeats, 1)
  within('age.amberSlack', age.amberSlack, 0)
  within('age.redBeats', age.redBeats, age.amberBeats)
  for (const key of ['amberBelow', 'redBelow'] as const)
    check(`sources.${key}`, sources[key], Number.isInteger(sources[key]), 'a whole number')
  within('sources.amberBelow', sources.amberBelow, 1)
  within('sources.redBelow', sources.redBelow, 0, sources.amberBelow)
  for (const asset of sources.exempt)
    check('sources.exempt', asset, typeof asset === 'string' && asset !== '', 'names of assets')
  for (const key of ['amberThresholds', 'feedThreshold'] as const)
    positive(`deviation.${key}`, deviation[key])
  within('deviation.amberSigmas', deviation.amberSigmas, 0)
  within('deviation.redThresholds', deviation.redThresholds, deviation.amberThresholds)
  positive('deviation.redFloor', deviation.redFloor)
  positive('deviation.disagreeingShare', deviation.disagreeingShare)
  within('deviation.disagreeingShare', deviation.disagreeingShare, 0, 1)
  positive('twap.amberFloor', twap.amberFloor)
  within('twap.amberSigmas', twap.amberSigmas, 0)
  within('twap.red', twap.red, twap.amberFloor)
  within('twap.depthDrop', twap.depthDrop, 0, 1)
  positive('stable.redBelow', stable.redBelow)
  within('stable.amberBelow', stable.amberBelow, stable.redBelow, 1)
  for (const key of ['amberSeconds', 'redSeconds'] as const) within(`stable.${key}`, stable[key], 0)
  positive('stable.redemptionPar', stable.redemptionPar)
  for (const [name, limits] of [
    ['parity', parity],
    ['markIndex', markIndex],
  ] as const) {
    positive(`${name}.amber`, limits.amber)
    within(`${name}.red`, limits.red, limits.amber)
  }
  within('effects.nuFactor', effects.nuFactor, 1)
  within('effects.hitAbove', effects.hitAbove, 0, 1)
  return config
}

function overlay<T>(field: string, base: T, given: unknown): T {
  if (given === undefined) return base
  if (Array.isArray(base)) {
    check(field, given, Array.isArray(given), 'a list')
    return given as T
  }
  if (!isRecord(base)) {
    check(field, given, typeof given === 'number' && Number.isFinite(given), 'a finite number')
    return given as T
  }
  const known = Object.keys(base).join(', ')
  if (!isRecord(given))
    throw new InvalidInputError({ field, found: given, allowed: `an object of ${known}` })
  for (const key of Object.keys(given)) check(`${field} key`, key, Object.hasOwn(base, key), known)
  return Object.fromEntries(
    Object.entries(base).map(([key, value]) => [
      key,
      overlay(`${field}.${key}`, value, given[key]),
    ]),
  ) as T
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const positive = (field: string, found: number): void =>
  check(`breakers.${field}`, found, found > 0, 'above 0')

const within = (field: string, found: number, from: number, to = Number.POSITIVE_INFINITY): void =>
  check(
    `breakers.${field}`,
    found,
    from <= found && found <= to,
    Number.isFinite(to) ? `from ${from} to ${to}` : `at least ${from}`,
  )

function check(field: string, found: unknown, holds: boolean, allowed: string): void {
  if (!holds) throw new InvalidInputError({ field, found, allowed })
}
