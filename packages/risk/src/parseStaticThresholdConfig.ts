import { InvalidInputError } from '@plimsoll/domain'
import { DEFAULT_FUNDING_HOURS, type StaticThresholdConfig } from './StaticThresholdConfig.ts'

/**
 * Checks a static-threshold configuration from a file or a caller.
 *
 * @throws {@link InvalidInputError} on an unknown, missing or misspelt key, a value out of range, and thresholds that
 *   contradict each other.
 */
export function parseStaticThresholdConfig(input: unknown): StaticThresholdConfig {
  const root = section('engine', input, [
    'restoreBelow',
    'restoreTo',
    'boostAbove',
    'boostTo',
    'donorFloor',
    'perp',
    'venues',
    'minActionUsd',
    'maxSlippageBps',
    'hedge',
  ])
  const restoreBelow = root.number('restoreBelow', { above: 1 })
  const restoreTo = root.number('restoreTo', { above: restoreBelow })
  const boostTo = root.number('boostTo', { from: restoreTo })
  const boostAbove = root.isNull('boostAbove')
    ? null
    : root.number('boostAbove', { above: boostTo })
  const donorFloor = root.number('donorFloor', { from: restoreTo })

  const perpSection = root.section('perp', ['restoreBelow', 'restoreTo', 'donorFloor', 'prefer'])
  const perpBelow = perpSection.number('restoreBelow', { above: 1 })
  const perpTo = perpSection.number('restoreTo', { above: perpBelow })
  const perp = {
    restoreBelow: perpBelow,
    restoreTo: perpTo,
    donorFloor: perpSection.number('donorFloor', { from: perpTo }),
    prefer: perpSection.oneOf('prefer', ['reduce', 'margin']),
  }

  const venues = root.has('venues')
    ? Object.fromEntries(
        root.sections('venues', ['restoreBelow', 'restoreTo', 'donorFloor']).map(([id, venue]) => {
          const below = venue.number('restoreBelow', { above: 1 })
          const to = venue.number('restoreTo', { above: below })
          return [
            id,
            {
              restoreBelow: below,
              restoreTo: to,
              donorFloor: venue.number('donorFloor', { from: to }),
            },
          ]
        }),
      )
    : {}

  const slippage = root.section('maxSlippageBps', ['calm', 'stress', 'floor'])
  const calm = slippage.number('calm', { above: 0 })
  const stress = slippage.number('stress', { from: calm })
  const floor = slippage.number('floor', { from: stress, to: 1_000 })
  return {
    restoreBelow,
    restoreTo,
    boostAbove,
    boostTo,
    donorFloor,
    perp,
    venues,
    minActionUsd: root.number('minActionUsd', { from: 0 }),
    maxSlippageBps: { calm, stress, floor },
    hedge: root.isNull('hedge') ? null : hedge(root),
  }
}

function hedge(root: Section): StaticThresholdConfig['hedge'] {
  const hedge = root.section('hedge', [
    'asset',
    'maxDeltaShare',
    'targetDeltaShare',
    'minPerpHealth',
    'fundingHours',
  ])
  const targetDeltaShare = hedge.number('targetDeltaShare', { from: 0 })
  return {
    asset: hedge.text('asset'),
    targetDeltaShare,
    maxDeltaShare: hedge.number('maxDeltaShare', { above: targetDeltaShare }),
    minPerpHealth: hedge.number('minPerpHealth', { above: 1 }),
    fundingHours: hedge.has('fundingHours')
      ? hedge.number('fundingHours', { from: 0 })
      : DEFAULT_FUNDING_HOURS,
  }
}

/** One object of the configuration, read key by key. */
type Section = {
  has(key: string): boolean
  isNull(key: string): boolean
  number(
    key: string,
    range: { readonly above?: number; readonly from?: number; readonly to?: number },
  ): number
  text(key: string): string
  oneOf<T extends string>(key: string, allowed: readonly T[]): T
  section(key: string, keys: readonly string[]): Section
  /** One section for every key of a section whose keys are free. */
  sections(key: string, keys: readonly string[]): readonly (readonly [string, Section])[]
}

function section(name: string, input: unknown, keys: readonly string[]): Section {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new InvalidInputError({ field: name, found: input, allowed: 'an object' })
  const fields = new Map<string, unknown>(Object.entries(input))
  for (const key of fields.keys())
    if (!keys.includes(key))
      throw new InvalidInputError({ field: `${name} key`, found: key, allowed: keys.join(', ') })
  return {
    has: (key) => fields.has(key),
    isNull: (key) => fields.get(key) === null,
    number(key, { above, from, to }) {
      const found = fields.get(key)
      const fits =
        typeof found === 'number' &&
        Number.isFinite(found) &&
        (above === undefined || found > above) &&
        (from === undefined || found >= from) &&
        (to === undefined || found <= to)
      if (!fits) {
        const range = [
          above === undefined ? '' : `above ${above}`,
          from === undefined ? '' : `at least ${from}`,
          to === undefined ? '' : `at most ${to}`,
        ].filter((part) => part !== '')
        throw new InvalidInputError({
          field: `${name}.${key}`,
          found,
          allowed: `a number ${range.join(', ')}`,
        })
      }
      return found
    },
    text(key) {
      const found = fields.get(key)
      if (typeof found !== 'string' || found === '')
        throw new InvalidInputError({ field: `${name}.${key}`, found, allowed: 'a non-empty text' })
      return found
    },
    oneOf(key, allowed) {
      const found = allowed.find((value) => value === fields.get(key))
      if (found === undefined)
        throw new InvalidInputError({
          field: `${name}.${key}`,
          found: fields.get(key),
          allowed: allowed.join(' or '),
        })
      return found
    },
    section: (key, inner) => section(`${name}.${key}`, fields.get(key), inner),
    sections(key, inner) {
      const found = fields.get(key)
      if (typeof found !== 'object' || found === null || Array.isArray(found))
        throw new InvalidInputError({ field: `${name}.${key}`, found, allowed: 'an object' })
      return Object.entries(found).map(([id, each]) => [
        id,
        section(`${name}.${key}.${id}`, each, inner),
      ])
    },
  }
}
